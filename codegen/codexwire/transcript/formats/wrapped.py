"""One JSON object a line around each message: the reader that three formats share.

The object says who sent the message (`dir`, `direction`, …) and holds it as an object or as a string
(`msg`, `frame`, `raw`, …). Words such as `in` and `sent` are relative to who recorded; that was the
client unless the first messages say otherwise.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import chain, islice
from typing import TypeAlias, TypeVar

from codexwire.direction import Side
from codexwire.finding import Level
from codexwire.transcript.entry import ConnectionEnd, Entry, FileIssue, TranscriptItem, unread
from codexwire.transcript.formats.format import Fields, fields_of, string_member
from codexwire.transcript.formats.lines import LineReader, Record, records
from codexwire.transcript.formats.raw import is_message
from codexwire.transcript.own_record import entry_of_own
from codexwire.transcript.quiet import Glance, Glanced
from codexwire.transcript.source import OpenRecording
from codexwire.wire import decode

__all__ = ["Unwrapped", "is_wrapped", "item_of", "read_quickly", "read_wrapped", "with_senders"]

DIRECTION_KEYS = ("dir", "direction", "sender", "from", "side", "way", "type")
MESSAGE_KEYS = ("msg", "message", "frame", "raw", "payload", "data", "line", "body", "json")
CONNECTION_KEYS = ("conn", "connection", "connection_id", "connectionId", "session_id", "sessionId")

_CLIENT = ("client", "c2s", "clienttoserver", "clientserver", "toserver", "clienttoagent", "stdin")
_SERVER = ("server", "s2c", "servertoclient", "serverclient", "toclient", "agenttoclient", "stdout")
_CLIENT_ROLES = ("user", "ide", "editor", "host")
_SERVER_ROLES = ("agent", "codex", "appserver")
SENDERS = {
    **dict.fromkeys((*_CLIENT, *_CLIENT_ROLES), Side.CLIENT),
    **dict.fromkeys((*_SERVER, *_SERVER_ROLES), Side.SERVER),
}
"""Words that name the sender, in small letters without anything between (`client->server`)."""

SENT = ("out", "outgoing", "outbound", "output", "send", "sent", "sending", "tx", "write")
SENT_SIGNS = (">", ">>", ">>>", "->", "-->", "=>", "→")
RECEIVED = ("in", "incoming", "inbound", "input", "recv", "receive", "received", "rx", "read")
RECEIVED_SIGNS = ("<", "<<", "<<<", "<-", "<--", "<=", "←")
_RELATIVE = {
    **dict.fromkeys((*SENT, *SENT_SIGNS), True),
    **dict.fromkeys((*RECEIVED, *RECEIVED_SIGNS), False),
}

_NOT_WORD = re.compile(r"[^a-z0-9]")
_HANDSHAKE = (b'"initialize"', b'"initialized"')
_LOOK_AHEAD = 64

Skip = Callable[[Fields], bool]
Kind = TypeVar("Kind")

Unwrapped: TypeAlias = "tuple[TranscriptItem, bool | None]"
"""An item, and for an entry whether its word says sent or received (None: it names the sender)."""


def is_wrapped(fields: Fields) -> bool:
    """Whether an object says a direction and holds a JSON-RPC message."""
    held = _held(fields) if _word(fields) is not None else None
    inner = fields_of(held) if held is not None else None
    return inner is not None and is_message(inner)


def read_wrapped(source: OpenRecording, skip: Skip = lambda _: False) -> Iterator[TranscriptItem]:
    """Yield the messages; `skip(fields)` leaves out lines that are not meant as messages."""
    return with_senders(_unwrap(records(source), skip))


def read_quickly(source: OpenRecording, glance: Glance) -> Iterator[Glanced]:
    """Yield the messages, but of what `glance` finds to be valid the record."""
    return with_senders(_look(source, glance))


def _look(source: OpenRecording, glance: Glance) -> Iterator[tuple[Glanced, bool | None]]:
    lines = LineReader()
    for found in source.read():
        if not isinstance(found, tuple):
            yield found, None
            continue
        number, line = found
        seen = glance.look(number, line) if line.endswith(b"}\n") else None
        if seen is not None:
            yield seen, None
        else:
            yield from _unwrap(lines.records(number, line), lambda _: False)


def with_senders(wrapped: Iterator[tuple[Kind, bool | None]]) -> Iterator[Kind | Entry]:
    """Yield items, with the senders that `sent` and `received` mean in this file."""
    first = list(islice(wrapped, _LOOK_AHEAD))
    recorder = _recorder(first)
    for found, sent in chain(first, wrapped):
        if isinstance(found, Entry) and sent is not None:
            yield found.sent_by(recorder if sent else recorder.other)
        else:
            yield found


def _unwrap(records: Iterator[Record | FileIssue], skip: Skip) -> Iterator[Unwrapped]:
    for record in records:
        if isinstance(record, FileIssue):
            yield record, None
            continue
        line, text, complete = record
        entry = entry_of_own(line, text)
        if entry is not None:
            yield entry, None
            continue
        fields = fields_of(text)
        if fields is None and complete:
            yield unread(line, "the line is no record"), None
        elif fields is None or is_message(fields):
            yield Entry(line, text, complete=complete), None
        elif not skip(fields):
            yield item_of(line, fields)


def item_of(line: int, fields: Fields) -> Unwrapped:
    """Return what one record holds."""
    word, held = _word(fields), _held(fields)
    name = next((bytes(fields[k]) for k in CONNECTION_KEYS if k in fields), b"")
    connection = name.decode(errors="replace")
    if held is not None and word is not None:
        seconds = _number(decode(bytes(fields["ts"]))[0]) if "ts" in fields else None
        sender = SENDERS.get(word)
        return Entry(line, held, sender, connection, seconds=seconds), _RELATIVE.get(word)
    if string_member(fields.get("event")) == "closed":
        return ConnectionEnd(line, connection, SENDERS.get(word or "")), None
    if "event" in fields or line == 1:
        text = "the record holds no message: an event, or a header"
        return FileIssue(line, "other-record", Level.INFO, text), None
    return unread(line, "the line holds no message"), None


def _number(value: object) -> float | None:
    try:
        return float(value) if isinstance(value, int | float) else None
    except OverflowError:
        return None


def _word(fields: Fields) -> str | None:
    """Return the word that tells the direction, as the tables spell it."""
    for key in DIRECTION_KEYS:
        text = (string_member(fields.get(key)) or "").strip().lower()
        for word in (text, _NOT_WORD.sub("", text)):
            if word in SENDERS or word in _RELATIVE:
                return word
    return None


def _held(fields: Fields) -> bytes | None:
    """Return the JSON text of the message that an object holds; its bytes where they are given."""
    if "raw" in fields and (packed := string_member(fields.get("base64"))) is not None:
        with suppress(binascii.Error, ValueError):
            return b64decode(packed, validate=True)
    for key in MESSAGE_KEYS:
        if key in fields:
            text = string_member(fields[key])
            return bytes(fields[key]) if text is None else text.encode("utf-8", "surrogatepass")
    return None


def _recorder(first: Sequence[tuple[object, bool | None]]) -> Side:
    """Return which side recorded: the one whose `sent` messages shake hands like a client's."""
    for item, sent in first:
        if isinstance(item, Entry) and sent is False:
            fields = fields_of(item.data)
            if fields is not None and bytes(fields.get("method", b"")) in _HANDSHAKE:
                return Side.SERVER
    return Side.CLIENT
