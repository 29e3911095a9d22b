"""Judges lines of a recording without the lines before them, so that any process can take a piece.

A piece is whole lines of codexwire's own format. What a session's state decides is left to the one fold
over the recording (`codexwire.transcript.judge`): each message is named with where it stands, and valid ones
that leave the session as it is (`codexwire.transcript.quiet`) are counted.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.msgpack import Decoder, encode

from codexwire.direction import Side
from codexwire.transcript.entry import Entry
from codexwire.transcript.quiet import About, Glance, Glanced, Valid
from codexwire.transcript.source import Line
from codexwire.wire import Validators

__all__ = ["Sieve", "items"]


class _Part(Struct, array_like=True, gc=False):
    """Some of a piece: its first line, and from which byte to which.

    `count` records with valid messages of `sender` that are about the same; with a `connection`, the text of
    one message on it, by `sender`; with neither, a line that is to be read.
    """

    line: int
    start: int
    end: int
    count: int = 0
    about: About | None = None
    connection: str | None = None
    sender: Side | None = None


_decode = Decoder(list[_Part]).decode


class Sieve:
    """Sifts pieces by one schema."""

    def __init__(self, validators: Validators) -> None:
        self._glance = Glance()
        self._glance.know(validators)

    def __call__(self, piece: bytes) -> bytes:
        """Return what is in a piece of whole lines, as `items` reads it."""
        parts: list[_Part] = []
        at = 0
        for number, line in enumerate(piece.split(b"\n")[:-1], 1):
            end = at + len(line) + 1
            found = self._glance.look(number, line) if line.endswith(b"}") else None
            last = parts[-1] if parts else None
            if not isinstance(found, Valid):
                parts.append(_part(number, at, line, found))
            elif last is not None and last.about == found.about is not None:
                last.count, last.end = last.count + 1, end
            else:
                parts.append(_Part(number, at, end, 1, found.about, None, found.sender))
            at = end
        return encode(parts)


def _part(number: int, at: int, line: bytes, found: Entry | None) -> _Part:
    if found is None:
        return _Part(number, at, at + len(line) + 1)
    start = at + line.index(found.data)
    end = start + len(found.data)
    return _Part(number, start, end, 0, None, found.connection, found.sender)


def items(piece: bytes, sifted: bytes, before: int) -> Iterator[Line | Glanced]:
    """Yield what a piece was sifted to; `before` it are so many lines."""
    for part in _decode(sifted):
        line, text = before + part.line, piece[part.start : part.end]
        if part.count:
            yield Valid(line, text, part.about, part.count, part.sender or Side.SERVER)
        elif part.connection is None:
            yield line, text
        else:
            yield Entry(line, text, part.sender, part.connection)
