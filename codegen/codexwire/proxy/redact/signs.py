"""Finds the lines around fixed words (signs), the only ones in which a rule need search.

To look for a few fixed words is some ten times as fast as to search for a pattern.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

__all__ = ["around", "places"]

_BEHIND = 400
"""A part goes on for so many characters behind a sign, and then to the end of the line."""

_SHORT = 1 << 11


def places(text: str, signs: Iterable[str]) -> list[int]:
    """Return where signs stand, which are in small letters, in order; those in ASCII capitals too.

    Of other letters only their number counts: there may be more places than signs.
    """
    small = text.encode("ascii", "replace").lower()  # a byte for each character
    return sorted(at for sign in signs for at in _found(small, sign.encode("ascii", "replace")))


def around(text: str, signs: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Yield start and end of the parts of a text around signs, whole lines; a short text is one part."""
    if len(text) <= _SHORT:
        yield 0, len(text)
        return
    start = end = reach = 0
    for at in places(text, signs):
        if at < reach:
            continue
        first = text.rfind("\n", end, at) + 1
        if first > end or not end:
            if end > start:
                yield start, end
            start = first
        end = text.find("\n", at + _BEHIND)
        end = len(text) if end < 0 else end
        reach = end - _BEHIND
    if end > start:
        yield start, end


def _found(text: bytes, sign: bytes) -> Iterator[int]:
    at = text.find(sign)
    while at >= 0:
        yield at
        at = text.find(sign, at + 1)
