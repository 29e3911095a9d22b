"""What all formats with one record a line share: blank lines, carriage returns, byte order marks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from codexwire.finding import Level
from codexwire.transcript.entry import FileIssue, unread
from codexwire.transcript.formats.format import BOM
from codexwire.transcript.source import OpenRecording

__all__ = ["LineReader", "Record", "records"]


Record: TypeAlias = "tuple[int, bytes, bool]"
"""Line, stripped text, and whether the line is complete: a last one without a line feed is not."""


def records(source: OpenRecording) -> Iterator[Record | FileIssue]:
    """Yield the lines that hold something, and what is odd."""
    lines = LineReader()
    for number, line in source.lines():
        yield from lines.records(number, line)


class LineReader:
    """Reads the lines of one file, in order; of some oddities the first is reported."""

    def __init__(self) -> None:
        self._crlf = False

    def records(self, number: int, line: bytes) -> Iterator[Record | FileIssue]:
        """Yield what a line holds, if anything, and what is odd about it."""
        complete = line.endswith(b"\n")
        if not self._crlf and line.endswith(b"\r\n"):
            self._crlf = True
            yield FileIssue(number, "crlf", Level.INFO, "lines end with CR LF")
        if number == 1 and line.startswith(BOM):
            line = line.removeprefix(BOM)
            yield FileIssue(
                1, "byte-order-mark", Level.INFO, "the file starts with a byte order mark"
            )
        text = line.strip()
        if b"\0" in text:
            yield unread(number, "the line holds NUL bytes: the file is damaged")
        elif text:
            yield number, text, complete
        else:
            yield FileIssue(number, "blank-line", Level.INFO, "the line is blank")
