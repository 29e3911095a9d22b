"""Redacts a file as a whole: secrets learnt at its end also go from its beginning.

The lines are redacted one by one into a private temporary file. Then the texts that were sent in
pieces are put together there, and lines that hold what was learnt after them are redacted again.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterable
from typing import IO

from codexwire.proxy.redact.deltas import Joined, has_pieces, pieces_in
from codexwire.proxy.redact.inside import holds_text
from codexwire.proxy.redact.redactor import Redactor

__all__ = ["redact_whole"]


def redact_whole(
    lines: Iterable[bytes], redactor: Redactor, write: Callable[[bytes], object]
) -> None:
    """Write the lines of a recording, redacted, once all of them were read.

    OSError when the temporary file cannot be written.
    """
    with tempfile.TemporaryFile() as spool:
        learnt_at, in_pieces = _first(lines, redactor, spool)
        known = len(redactor.learnt.known)
        edits = _joined(spool, redactor) if in_pieces else {}
        if len(redactor.learnt.known) > known:  # in a text that was in pieces, anywhere
            learnt_at = sys.maxsize
        spool.seek(0)
        for number, line in enumerate(spool):
            write(_last(line, redactor, edits.get(number), number < learnt_at))


def _first(lines: Iterable[bytes], redactor: Redactor, spool: IO[bytes]) -> tuple[int, bool]:
    """Redact line by line; return the line after which nothing was learnt, and whether there are pieces."""
    known = learnt_at = 0
    in_pieces = False
    for number, line in enumerate(lines):
        in_pieces = in_pieces or has_pieces(line)
        spool.write(redactor.line(line, _as_it_is))
        if len(redactor.learnt.known) > known:
            known, learnt_at = len(redactor.learnt.known), number
    return learnt_at, in_pieces


def _joined(spool: IO[bytes], redactor: Redactor) -> dict[int, dict[str, str]]:
    joined = Joined(redactor)
    spool.seek(0)
    for number, line in enumerate(spool):
        if has_pieces(line):
            for piece in pieces_in(line):
                joined.add(number, piece)
    joined.finish()
    return joined.edits


def _last(line: bytes, redactor: Redactor, edits: dict[str, str] | None, early: bool) -> bytes:
    if edits is not None:
        return redactor.again(line, lambda value: edits.get(value, value))
    if early and redactor.learnt.known and (redactor.learnt.is_in(line) or holds_text(line)):
        return redactor.again(line, _as_it_is)
    return line


def _as_it_is(value: str) -> str:
    return value
