"""A line of codexwire's own recordings: `{"ts", "dir": "client"|"server", "conn"?, "msg"}`."""

from __future__ import annotations

from typing import Any

from msgspec import MsgspecError, Raw, Struct, defstruct
from msgspec.json import Decoder

from codexwire.direction import Side
from codexwire.transcript.entry import Entry

__all__ = ["entry_of_own", "record_of"]


class _Record(Struct, gc=False, forbid_unknown_fields=True):
    """The record of a message; its `conn` is text in JSON."""

    dir: Side
    ts: float | None = None
    conn: Raw = Raw()


def record_of(sender: Any, message: Any) -> type[Struct]:
    """Return the Struct of records whose `dir` and `msg` are of these types."""
    fields = [("dir", sender), ("msg", message)]
    return defstruct("Record", fields, bases=(_Record,), kw_only=True)


_decode = Decoder(record_of(Side, Raw)).decode


def entry_of_own(line: int, text: bytes) -> Entry | None:
    """Return the message that a record holds as an object; None for whatever else a line may be."""
    try:
        own: Any = _decode(text)
        connection = bytes(own.conn).decode()
    except (MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    data = bytes(own.msg)
    if data.startswith(b'"'):
        return None
    return Entry(line, data, own.dir, connection, True, own.ts)
