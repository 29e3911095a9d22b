"""HTTP archives (HAR) of a browser or proxy: the frames of each websocket are one connection.

A HAR file is one JSON document. It is read in pieces and only the arrays `_webSocketMessages` are
looked into, so that its size does not matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from codexwire.direction import Side
from codexwire.errors import TranscriptError
from codexwire.finding import Level
from codexwire.location import Location
from codexwire.transcript.entry import Entry, Item, Oddity
from codexwire.transcript.formats.format import BOM, Format, Sample, fields_of, text_of
from codexwire.transcript.source import Source

__all__ = ["FORMAT"]

_START = re.compile(rb'\s*\{\s*"log"\s*:\s*\{')
_ARRAY = re.compile(rb'(?<!\\)"_webSocketMessages"\s*:\s*\[')
# A string that the end of what was read cuts off is told from a whole one by the group `cut`.
_TOKEN = re.compile(
    rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|(?P<cut>\\?\Z))|[{}\[\]]',
    re.DOTALL,
)
_KEEP = 64  # an array's opening may be cut by the end of a piece
_SENDERS = {"send": Side.CLIENT, "receive": Side.SERVER}
_TEXT_FRAME, _BINARY_FRAME = b"1", b"2"


def matches(sample: Sample) -> bool:
    """Whether the file starts like a HAR."""
    return _START.match(sample.head) is not None


class _Window:
    """The part of the document that is in memory: `data` from `at` on, which is on line `line`."""

    def __init__(self, source: Source) -> None:
        self._chunks = source.chunks()
        self.data = next(self._chunks, b"").removeprefix(BOM)
        self.at = 0
        self.line = 1

    def more(self) -> bool:
        """Read on, as much as is held already (strings may be huge); false at the end."""
        pieces = [self.data[self.at :]]
        held = added = len(pieces[0])
        while added <= 2 * held and (piece := next(self._chunks, b"")):
            pieces.append(piece)
            added += len(piece)
        self.data, self.at = b"".join(pieces), 0
        return len(pieces) > 1

    def skip_to(self, position: int) -> None:
        """Forget what lies before `position`."""
        self.line += self.data.count(b"\n", self.at, position)
        self.at = position


def read(source: Source) -> Iterator[Item]:
    """Yield the text frames of every websocket; TranscriptError when there is no websocket."""
    window, sockets = _Window(source), 0
    while True:
        found = _ARRAY.search(window.data, window.at)
        if found:
            sockets += 1
            window.skip_to(found.end())
            yield from _frames(window, str(sockets))
            continue
        window.skip_to(max(window.at, len(window.data) - _KEEP))
        if not window.more():
            break
    if not sockets:
        raise TranscriptError(
            "this HAR file has no websocket messages",
            location=Location(source.name),
            hint="record the websocket's frames too (`_webSocketMessages`)",
        )


def _frames(window: _Window, connection: str) -> Iterator[Item]:
    while (end := _object_end(window)) is not None:
        window.skip_to(window.data.index(b"{", window.at))
        yield from _frame(window.line, window.data[window.at : end], connection)
        window.skip_to(end)
    if window.data[window.at - 1 : window.at] != b"]":
        text = "the file ends among the messages of a websocket"
        yield Oddity(window.line, "truncated", Level.WARNING, text)


def _object_end(window: _Window) -> int | None:
    """Return where the next object of the array ends; None when the array or the file ends."""
    depth, position = 0, window.at
    while True:
        for token in _TOKEN.finditer(window.data, position):
            if token["cut"] is not None:
                break
            position = token.end()
            depth += (token[0] in b"{[") - (token[0] in b"}]")
            if depth < 0:
                window.skip_to(position)
                return None
            if token[0] == b"}" and depth == 0:
                return position
        consumed = position - window.at
        if not window.more():
            return None
        position = consumed


def _frame(line: int, text: bytes, connection: str) -> Iterator[Item]:
    fields = fields_of(text) or {}
    sender = _SENDERS.get(text_of(fields.get("type")) or "")
    data = text_of(fields.get("data"))
    opcode = bytes(fields.get("opcode", _TEXT_FRAME))
    if sender is None or data is None:
        yield Oddity(line, "not-a-record", Level.WARNING, "the frame holds no message")
    elif opcode == _BINARY_FRAME:
        yield Oddity(line, "binary-frame", Level.WARNING, "servers drop binary frames", sender)
    elif opcode == _TEXT_FRAME:
        yield Entry(line, data.encode("utf-8", "surrogatepass"), sender, connection)


FORMAT = Format("har", "HAR with websocket messages", matches, read)
