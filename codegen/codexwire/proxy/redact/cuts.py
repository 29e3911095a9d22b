"""Replaces parts of a text, also of one that was sent in pieces: joined, redacted, and cut again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate, pairwise
from typing import TypeAlias

__all__ = ["Cuts", "Edit", "Replace", "replace"]

Edit: TypeAlias = tuple[int, int, str]
"""Start and end of a part of a text, and what shall stand there."""

Replace: TypeAlias = Callable[[str, Iterable[Edit]], str]
"""From a text and edits of it, in their order, to the new text."""


def replace(text: str, edits: Iterable[Edit]) -> str:
    """Return a text with parts of it replaced; an edit that begins before the last one's end is left out."""
    parts: list[str] = []
    done = 0
    for start, end, new in edits:
        if start >= done:
            parts += (text[done:start], new)
            done = end
    return "".join([*parts, text[done:]]) if parts else text


class Cuts:
    """The places where a text is cut, kept right while parts of it are replaced.

    A replacement belongs to the piece in which the replaced part begins.
    """

    def __init__(self, pieces: Sequence[str]) -> None:
        self._at = list(accumulate(map(len, pieces), initial=0))

    def replace(self, text: str, edits: Iterable[Edit]) -> str:
        """Return a text with parts of it replaced, and move the cuts."""
        made: list[Edit] = []
        for start, end, new in edits:
            if not made or start >= made[-1][1]:
                head, tail = _same(text[start:end], new)
                made.append((start + head, end - tail, new[head : len(new) - tail]))
        if made:
            self._move(made)
        return replace(text, made)

    def apply(self, text: str) -> list[str]:
        """Return the pieces of the text as it is now."""
        return [text[start:end] for start, end in pairwise(self._at)]

    def _move(self, edits: Sequence[Edit]) -> None:
        moved, at, shift = [], 0, 0
        for cut in self._at:
            while at < len(edits) and edits[at][1] <= cut:
                start, end, new = edits[at]
                shift += len(new) - (end - start)
                at += 1
            if at < len(edits) and edits[at][0] < cut:
                start, _, new = edits[at]
                moved.append(start + len(new) + shift)
            else:
                moved.append(cut + shift)
        self._at = moved


def _same(old: str, new: str) -> tuple[int, int]:
    """Return how many characters at the start and at the end two texts share."""
    least = min(len(old), len(new))
    head = next((i for i in range(least) if old[i] != new[i]), least)
    tail = next((i for i in range(least - head) if old[-1 - i] != new[-1 - i]), least - head)
    return head, tail
