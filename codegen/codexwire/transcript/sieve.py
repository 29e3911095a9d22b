"""What can be said of lines without the lines before them: done for pieces of a recording, in any process.

A piece is whole lines of codexwire's own format. What a session's state decides is left to the one fold
over the recording (`codexwire.transcript.judge`); a message that may concern it is named with where it
stands, and quiet lines (`codexwire.transcript.quiet`) are counted.
"""

from __future__ import annotations

from msgspec import Struct
from msgspec.msgpack import Decoder, encode

from codexwire.direction import Side
from codexwire.model.profile import profile_of
from codexwire.transcript.entry import Entry
from codexwire.transcript.quiet import About, Glance, Quiet
from codexwire.wire import Validators

__all__ = ["Part", "Sieve", "Sifted", "unpacked"]


class Part(Struct, array_like=True, gc=False):
    """Some of a piece: its first line, and from which byte to which.

    With an `about`, `count` quiet lines that are about that; with a `connection`, the text of one message on
    it, by `sender`, and whether it is known to be `valid`; with neither, a line that is to be read.
    """

    line: int
    start: int
    end: int
    about: About | None = None
    count: int = 1
    connection: str | None = None
    sender: Side | None = None
    valid: bool = False


class Sifted(Struct, array_like=True, frozen=True, gc=False):
    """The parts of a piece, in order, and how many lines it has."""

    lines: int
    parts: list[Part]


_decode = Decoder(Sifted).decode


def unpacked(content: bytes) -> Sifted:
    """Return what a sieve packed."""
    return _decode(content)


class Sieve:
    """Sifts pieces by one schema."""

    def __init__(self, validators: Validators) -> None:
        self._glance = Glance()
        self._glance.know(validators, profile_of(validators.protocol).vocabulary)

    def __call__(self, piece: bytes, *, has_crlf: bool) -> bytes:
        """Return what `unpacked` reads: the parts of a piece of whole lines.

        With `has_crlf`, lines may end with CR LF.
        """
        parts: list[Part] = []
        at = number = 0
        for number, line in enumerate(piece.split(b"\n")[:-1], 1):
            end = at + len(line) + 1
            found = self._look(number, line, has_crlf)
            last = parts[-1] if parts else None
            if not isinstance(found, Quiet):
                parts.append(_part(number, at, line, found))
            elif last is not None and last.about == found.about:
                last.count, last.end = last.count + 1, end
            else:
                parts.append(Part(number, at, end, found.about))
            at = end
        return encode(Sifted(number, parts))

    def _look(self, number: int, line: bytes, has_crlf: bool) -> Quiet | Entry | None:
        """Return what a line is, None for one that is to be read after those before it."""
        text = line.strip()
        if b"\0" in text or (line.endswith(b"\r") and not has_crlf):
            return None
        return self._glance.look(number, text)


def _part(number: int, at: int, line: bytes, found: Entry | None) -> Part:
    if found is None:
        return Part(number, at, at + len(line) + 1)
    start = at + line.index(found.data)
    end = start + len(found.data)
    return Part(number, start, end, None, 1, found.connection, found.sender, found.valid)
