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
from codexwire.transcript.entry import Entry, FileIssue, LineInDocument, TranscriptItem, unread
from codexwire.transcript.formats.format import Format, Sample, fields_of, string_member
from codexwire.transcript.formats.json_window import JsonWindow
from codexwire.transcript.source import OpenRecording

__all__ = ["FORMAT"]

_START = re.compile(rb'\s*\{\s*"log"\s*:\s*\{')
_IN_LOG = 2  # how deep the members of `log` are
_MESSAGES = b'"_webSocketMessages"'
_SENDERS = {"send": Side.CLIENT, "receive": Side.SERVER}
_TEXT_FRAME, _BINARY_FRAME = b"1", b"2"


def matches(sample: Sample) -> bool:
    """Whether the file starts like a HAR."""
    return _START.match(sample.head) is not None


class _Nesting:
    """Where the tokens of the document are: how deep, and in which element of `/log/entries`."""

    def __init__(self) -> None:
        self.depth = 0
        self.entry = -1
        self._in_entries = False

    def step(self, token: bytes, before: bytes) -> None:
        """Go past a token that has another one before it."""
        if token in b"{[":
            if self.depth == _IN_LOG:
                self._in_entries = (before, token) == (b'"entries"', b"[")
            elif self.depth == _IN_LOG + 1 and self._in_entries:
                self.entry += 1
            self.depth += 1
        elif token in b"}]":
            self.depth -= 1


def read(source: OpenRecording) -> Iterator[TranscriptItem]:
    """Yield the text frames of every websocket; TranscriptError when there is no websocket."""
    window, nesting, sockets, before = JsonWindow(source), _Nesting(), 0, b""
    while (token := window.token()) is not None:
        if token == b"[" and before == _MESSAGES:
            sockets += 1
            place = f"/log/entries/{nesting.entry}/_webSocketMessages"
            for number, frame in enumerate(iter(window.element, None)):
                line = LineInDocument(window.line, f"{place}/{number}")
                yield from _frame(line, frame, str(sockets))
            nesting.depth += not window.closed
            window.closed = False
        else:
            nesting.step(token, before)
        before = token
    if nesting.depth:
        yield unread(window.line, "the file is cut short or damaged")
    elif not sockets:
        raise TranscriptError(
            "this HAR file has no websocket messages",
            location=Location(source.name),
            hint="record the websocket's frames too (`_webSocketMessages`)",
        )


def _frame(line: int, text: bytes, connection: str) -> Iterator[TranscriptItem]:
    fields = fields_of(text) or {}
    sender = _SENDERS.get(string_member(fields.get("type")) or "")
    data = string_member(fields.get("data"))
    opcode = bytes(fields.get("opcode", _TEXT_FRAME))
    if sender is None or data is None:
        yield unread(line, "the frame holds no message")
    elif opcode == _BINARY_FRAME:
        yield FileIssue(line, "binary-frame", Level.WARNING, "servers drop binary frames", sender)
    elif opcode == _TEXT_FRAME:
        yield Entry(line, data.encode("utf-8", "surrogatepass"), sender, connection)


FORMAT = Format(
    "har", "HAR with websocket messages", matches, read, is_document=True, suffixes=(".har",)
)
