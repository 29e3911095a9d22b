"""What can be said of lines without the lines before them: done for pieces of a recording, in any process.

A piece is whole lines of codexwire's own format. What a session's state decides is left to the one fold
over the recording (`codexwire.transcript.judge`); a message that may concern it is named with where it
stands, and valid notifications of which it only has to know what they are about are counted.
"""

from __future__ import annotations

from collections import Counter
from typing import Any, TypeAlias

from msgspec import Struct

from codexwire.direction import Side
from codexwire.model.message import MessageKind, kind_of
from codexwire.model.profile import profile_of
from codexwire.transcript.entry import About
from codexwire.transcript.formats.wrapped import entry_of_own
from codexwire.wire import Validators, decode

__all__ = ["Part", "Sieve", "Sifted"]


class Part(Struct, frozen=True, gc=False):
    """Some of a piece: its first line, and from which byte to which.

    With an `about`, so many notifications about each; with a `connection`, the text of one message on it,
    by `sender`, and whether it `is_valid` for certain; with neither, a line that is to be read.
    """

    line: int
    start: int
    end: int
    abouts: tuple[tuple[About, int], ...] = ()
    connection: str | None = None
    sender: Side | None = None
    is_valid: bool = False


class Sifted(Struct, frozen=True, gc=False):
    """The parts of a piece, in order, and how many lines it has."""

    lines: int
    parts: list[Part]


Found: TypeAlias = "tuple[About | None, Part | None]"


class Sieve:
    """Sifts pieces by one schema."""

    def __init__(self, validators: Validators) -> None:
        self._validators = validators
        self._vocabulary = profile_of(validators.protocol).vocabulary

    def __call__(self, piece: bytes, *, has_crlf: bool) -> Sifted:
        """Return what is in a piece of whole lines; `has_crlf` when lines may end with CR LF."""
        parts: list[Part] = []
        abouts: Counter[About] = Counter()
        first = start = at = 0
        number = 0
        for number, line in enumerate(piece.split(b"\n")[:-1], 1):
            end = at + len(line) + 1
            found = self._line(number, at, line, has_crlf)
            if isinstance(found, Part):
                if abouts:
                    parts.append(Part(first, start, at, tuple(abouts.items())))
                    abouts = Counter()
                parts.append(found)
            else:
                if not abouts:
                    first, start = number, at
                abouts[found] += 1
            at = end
        if abouts:
            parts.append(Part(first, start, at, tuple(abouts.items())))
        return Sifted(number, parts)

    def _line(self, number: int, at: int, line: bytes, has_crlf: bool) -> Part | About:
        """Return what a quiet notification is about, a part for any other line."""
        text = line.strip()
        entry = None
        if b"\0" not in text and (has_crlf or not line.endswith(b"\r")):
            entry = entry_of_own(number, text)
        if entry is None or entry.sender is None:
            return Part(number, at, at + len(line) + 1)
        body, broken = decode(entry.data)
        is_valid = (
            broken is None
            and isinstance(body, dict)
            and "jsonrpc" not in body
            and entry.data.count(b'"method"') == 1
            and self._validators.gate_takes(entry.data, entry.sender)
        )
        if is_valid and (about := self._about(entry.connection, entry.sender, body)) is not None:
            return about
        start = at + line.index(entry.data)
        end = start + len(entry.data)
        return Part(number, start, end, (), entry.connection, entry.sender, is_valid)

    def _about(self, connection: str, sender: Side, body: dict[str, Any]) -> About | None:
        """Return what a valid message is about, None when it may change the session."""
        if sender is not Side.SERVER or kind_of(body) is not MessageKind.NOTIFICATION:
            return None
        method: str = body["method"]
        if method in self._vocabulary.moments or method in self._vocabulary.reports:
            return None
        return (
            connection,
            method,
            *self._vocabulary.identities.subject(method, body.get("params")),
        )
