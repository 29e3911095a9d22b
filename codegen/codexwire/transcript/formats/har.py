"""HTTP archives (HAR) of a browser or proxy: the frames of each websocket are one connection.

A HAR file is one JSON document. Only the arrays `_webSocketMessages` are looked into.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from codexwire.direction import Side
from codexwire.errors import TranscriptError
from codexwire.finding import Level
from codexwire.location import Location
from codexwire.transcript.entry import Entry, Item, Oddity, unread
from codexwire.transcript.formats.format import Format, Sample, fields_of, text_of
from codexwire.transcript.formats.json_window import JsonWindow
from codexwire.transcript.source import Source

__all__ = ["FORMAT"]

_START = re.compile(rb'\s*\{\s*"log"\s*:\s*\{')
_MESSAGES = b'"_webSocketMessages"'
_SENDERS = {"send": Side.CLIENT, "receive": Side.SERVER}
_TEXT_FRAME, _BINARY_FRAME = b"1", b"2"


def matches(sample: Sample) -> bool:
    """Whether the file starts like a HAR."""
    return _START.match(sample.head) is not None


def read(source: Source) -> Iterator[Item]:
    """Yield the text frames of every websocket; TranscriptError when there is no websocket."""
    window, sockets, depth, before = JsonWindow(source), 0, 0, b""
    while (token := window.token()) is not None:
        if token == b"[" and before == _MESSAGES:
            sockets += 1
            while (frame := window.element()) is not None:
                yield from _frame(window.line, frame, str(sockets))
            depth += not window.closed
            window.closed = False
        elif token in b"{[":
            depth += 1
        elif token in b"}]":
            depth -= 1
        before = token
    if depth:
        yield unread(window.line, "the file is cut short or damaged")
    elif not sockets:
        raise TranscriptError(
            "this HAR file has no websocket messages",
            location=Location(source.name),
            hint="record the websocket's frames too (`_webSocketMessages`)",
        )


def _frame(line: int, text: bytes, connection: str) -> Iterator[Item]:
    fields = fields_of(text) or {}
    sender = _SENDERS.get(text_of(fields.get("type")) or "")
    data = text_of(fields.get("data"))
    opcode = bytes(fields.get("opcode", _TEXT_FRAME))
    if sender is None or data is None:
        yield unread(line, "the frame holds no message")
    elif opcode == _BINARY_FRAME:
        yield Oddity(line, "binary-frame", Level.WARNING, "servers drop binary frames", sender)
    elif opcode == _TEXT_FRAME:
        yield Entry(line, data.encode("utf-8", "surrogatepass"), sender, connection)


FORMAT = Format("har", "HAR with websocket messages", matches, read)
