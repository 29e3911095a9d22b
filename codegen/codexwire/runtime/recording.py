"""The lines of a recording: what was said, by whom and when, as it was on the wire."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterable

from msgspec import MsgspecError, Raw
from msgspec.json import Decoder

from codexwire.direction import Side
from codexwire.model.message import LineError, parse

__all__ = ["closed_line", "record_line", "record_lines"]

_is_json = Decoder(Raw).decode  # reads on without building values; does not look at UTF-8


def record_line(seconds: float, side: Side, text: bytes, *, connection: int | None = None) -> bytes:
    """Return one line of a recording, with its line feed: `{"ts", "dir", "conn"?, "msg"|"raw"}`.

    `seconds` count from the start of the session. A JSON object in one line stands under `msg`, not
    a byte of it changed; any other text under `raw` as a string, with its bytes under `base64` where
    they are not UTF-8.
    """
    return _line(_head(seconds, side, connection), text, False)


def record_lines(
    seconds: float, side: Side, texts: Iterable[tuple[bytes, bool]], connection: int | None = None
) -> list[bytes]:
    """Return the lines of messages that came together, each with whether its frame was binary."""
    head = _head(seconds, side, connection)
    return [_line(head, text, binary) for text, binary in texts]


def _line(head: bytes, text: bytes, binary: bool) -> bytes:
    if not binary and _is_object(text):
        return b'%b, "msg": %b}\n' % (head, text)
    shown = text.decode("utf-8", "replace")
    held: dict[str, str | bool] = {"raw": shown}
    if shown.encode() != text:
        held["base64"] = b64encode(text).decode()
    if binary:
        held["binary"] = True
    return b"%b, %b\n" % (head, json.dumps(held)[1:].encode())


def closed_line(
    seconds: float, side: Side, *, connection: int | None = None, code: int | None = None
) -> bytes:
    """Return the line that ends a connection: `{"ts", "dir", "conn"?, "event": "closed", "code"?}`.

    `side` is the one that ended it; `code` the exit code of a process or the close code of a
    websocket.
    """
    end = "" if code is None else f', "code": {code}'
    return b'%b, "event": "closed"%b}\n' % (_head(seconds, side, connection), end.encode())


def _head(seconds: float, side: Side, connection: int | None) -> bytes:
    conn = "" if connection is None else f', "conn": {connection}'
    return f'{{"ts": {seconds:.4f}, "dir": "{side}"{conn}'.encode()


def _is_object(text: bytes) -> bool:
    """Whether a text is one JSON object in UTF-8 and in one line."""
    if not text.startswith(b"{") or b"\n" in text:
        return False
    try:
        if not text.isascii():
            text.decode()
        _is_json(text)
    except (MsgspecError, RecursionError):
        return _is_odd_object(text)
    except UnicodeDecodeError:
        return False
    return True


def _is_odd_object(text: bytes) -> bool:
    """Whether a text that msgspec refuses is an object all the same: a lone surrogate is allowed."""
    try:
        return isinstance(parse(text), dict)
    except LineError:
        return False
