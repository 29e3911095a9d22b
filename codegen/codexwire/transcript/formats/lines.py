"""What all formats with one record a line share: blank lines, carriage returns, byte order marks."""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.finding import Level
from codexwire.transcript.entry import FileIssue, unread
from codexwire.transcript.formats.format import BOM
from codexwire.transcript.source import Source

__all__ = ["records"]


def records(source: Source) -> Iterator[tuple[int, bytes, bool] | FileIssue]:
    """Yield `(line, stripped text, complete)` for lines that hold something, and issues of the file.

    `complete` is false for a last line without a line feed.
    """
    crlf = False
    for number, line in source.lines():
        complete = line.endswith(b"\n")
        if not crlf and line.endswith(b"\r\n"):
            crlf = True
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
