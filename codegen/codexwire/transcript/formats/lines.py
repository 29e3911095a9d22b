"""What all formats with one record a line share: blank lines, carriage returns, byte order marks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from codexwire.finding import Level
from codexwire.transcript.entry import Oddity, unread
from codexwire.transcript.formats.format import BOM
from codexwire.transcript.quiet import Glanced
from codexwire.transcript.source import Line

__all__ = ["records"]


def records(lines: Iterable[Line | Glanced]) -> Iterator[tuple[int, bytes, bool] | Glanced]:
    """Yield `(line, stripped text, complete)` for lines that hold something, and what is odd.

    `complete` is false for a last line without a line feed. What was read already comes as it is.
    """
    crlf = False
    for found in lines:
        if not isinstance(found, tuple):
            yield found
            continue
        number, line = found
        complete = line.endswith(b"\n")
        if not crlf and line.endswith(b"\r\n"):
            crlf = True
            yield Oddity(number, "crlf", Level.INFO, "lines end with CR LF")
        if number == 1 and line.startswith(BOM):
            line = line.removeprefix(BOM)
            yield Oddity(1, "byte-order-mark", Level.INFO, "the file starts with a byte order mark")
        text = line.strip()
        if b"\0" in text:
            yield unread(number, "the line holds NUL bytes: the file is damaged")
        elif text:
            yield number, text, complete
        else:
            yield Oddity(number, "blank-line", Level.INFO, "the line is blank")
