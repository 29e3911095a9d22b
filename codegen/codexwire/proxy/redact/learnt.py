"""Remembers secrets that their names gave away, to find them wherever else they stand."""

from __future__ import annotations

import json
import re
from itertools import groupby
from urllib.parse import quote

__all__ = ["Learnt"]

_MOST = 500
_LIKE_A_SECRET = re.compile(
    r"(?=.*\d)(?=.*[^\d.,: -]).{8,}", re.DOTALL
)  # no word of another meaning


class Learnt:
    """What was learnt so far: `known` says what each secret becomes, `pattern` finds them in text."""

    def __init__(self) -> None:
        self.known: dict[str, str] = {}
        self.pattern: re.Pattern[str] | None = None
        self._written: re.Pattern[bytes] | None = None

    def add(self, value: str, new: str) -> bool:
        """Learn a secret; return whether that is news."""
        if value in self.known or len(self.known) >= _MOST or not _LIKE_A_SECRET.fullmatch(value):
            return False
        self.known[value] = new
        self.pattern = re.compile(rf"(?<![A-Za-z0-9])(?:{_any_of(self.known)})(?![A-Za-z0-9])")
        self._written = None
        return True

    def is_in(self, line: bytes) -> bool:
        """Whether a line of a file may hold one of them, as it is or escaped."""
        if not self.known:
            return False
        if self._written is None:
            forms = {form for value in self.known for form in _forms(value)}
            self._written = re.compile(_any_of(forms).encode("utf-8", "surrogatepass"))
        return self._written.search(line) is not None


def _forms(value: str) -> set[str]:
    """Return how a value may be written in a file: in JSON, in JSON in a string, in a URL."""
    once = json.dumps(value, ensure_ascii=False)[1:-1]
    forms = {value, once, json.dumps(value)[1:-1], json.dumps(once, ensure_ascii=False)[1:-1]}
    return {*forms, quote(value, safe="", errors="replace")}


def _any_of(words: dict[str, str] | set[str]) -> str:
    """Return a pattern for any of these, the longest first; by first letters, which is faster."""
    ordered = sorted(words, key=lambda word: (word[0], -len(word), word))
    return "|".join(
        re.escape(first) + f"(?:{'|'.join(re.escape(word[1:]) for word in group)})"
        for first, group in groupby(ordered, key=lambda word: word[0])
    )
