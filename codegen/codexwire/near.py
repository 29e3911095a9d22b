"""Finds the known names most like an unknown one, for every "did you mean"."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches

__all__ = ["ALIKE", "did_you_mean", "near_names"]

ALIKE = 0.8
"""How much of two names is the same where nobody asked for a name, and a guess would mislead."""

_ASKED_FOR = 0.6
_BETWEEN_WORDS = re.compile(r"[\W_]+|(?<=[a-z0-9])(?=[A-Z])")
_LONGEST = 80
"""What is compared of a name: it takes as long as the product of two lengths."""


def near_names(
    name: str, known: Iterable[str], most: int = 1, *, like: float = _ASKED_FOR
) -> list[str]:
    """Return up to `most` of the known names that are like a name, the most like first.

    What stands between words does not count, nor does case: `thread_id` is `threadId`, `turn_start` is
    `turn/start`. `like` is how much of two names must be the same, 1.0 all of it.
    """
    spelled: dict[str, list[str]] = {}
    for candidate in sorted(known):
        spelled.setdefault(_words(candidate), []).append(candidate)
    close = get_close_matches(_words(name), spelled, most, like)
    return [each for words in close for each in spelled[words]][:most]


def did_you_mean(
    name: str, known: Iterable[str], most: int = 1, *, like: float = _ASKED_FOR, before: str = ""
) -> str:
    """Return the question whether known names were meant, an empty text when none is like it.

    `before` is written in front of each.
    """
    near = near_names(name, known, most, like=like)
    return f"did you mean {', '.join(repr(before + n) for n in near)}?" if near else ""


def _words(name: str) -> str:
    return _BETWEEN_WORDS.sub(" ", name[:_LONGEST]).casefold()
