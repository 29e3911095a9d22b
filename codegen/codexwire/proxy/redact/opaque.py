"""Recognizes strings that look random: keys and tokens of forms that no rule lists.

What people and programs write consists of words and numbers: few changes between small letters,
capitals and digits. Left alone are hexadecimal strings (commits, digests) without letters and `_`
before them, UUIDs, and ids that say so by their first letters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["opaque_in"]

_PART = re.compile(r"[A-Za-z0-9_-]{16,}={0,2}")
_BASE64 = re.compile(r"[A-Za-z0-9+/]{20,}={0,2}")
_ID = (
    r"(?:call|resp|msg|rs|fc|fco|ig|ws|mcp|mcpl|mcpr|mcpt|ctc|cu|item|thread|turn|run|step|asst|file|batch"
    r"|event|evt|conv|chatcmpl|cmpl|req|toolu|msgbatch|app|exec|ci|lsh|job|img|container|snapshot|sha\d+)"
)
_ORDINARY = re.compile(
    r"(?<![A-Za-z0-9])Z(?:NK?|T[A-Zch]N?)(?:S[a-z]|\d)\w+"  # a symbol of C++
    r"|\d{4}-\d\d-\d\d(?:T[\d-]+)?"
    r"|(?<![A-Za-z0-9])(?:[0-9a-f]{7,}|[0-9A-F]{7,})(?![A-Za-z0-9])"  # a digest
    r"|(?<![A-Za-z0-9])h1:[A-Za-z0-9+/]{43}=(?![A-Za-z0-9=])"  # a digest in go.sum
    rf"|(?<![A-Za-z0-9]){_ID}[_-][A-Za-z0-9+/=]+"
)
_PREFIXED = re.compile(
    rf"(?<![\w-])(?!{_ID}_)[a-z]{{2,10}}_(?:[a-z0-9]{{1,8}}_)?[0-9a-f]{{32,}}(?![\w-])"
)
_MEDIA = re.compile(  # PNG, JPEG, GIF, RIFF, PDF, gzip, zip, zstd, Ogg, MP3 in base64
    "iVBORw0KGgo|/?9j/|R0lGOD|UklGR|JVBERi0|H4sI|UEsDB|KLUv|T2dnUw|SUQz"
)
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_DIGITS = re.compile(r"\d+")
_SEPARATED = re.compile(r"[^A-Za-z0-9]+")


def opaque_in(run: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of what looks drawn by lot in a run of characters without blanks."""
    if _MEDIA.match(run):
        return
    prefixed = _PREFIXED.search(run)
    if prefixed is not None:
        yield prefixed.span()
        return
    blank = _ORDINARY.sub(lambda found: "." * len(found[0]), run)
    at = 0
    for whole in _BASE64.finditer(blank):  # it has slashes and plus signs of its own
        if whole.start() >= at and _is_random_base64(whole[0]):
            yield from _parts(blank, at, whole.start())
            yield whole.span()
            at = whole.end()
    yield from _parts(blank, at, len(blank))


def _parts(run: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    return (part.span() for part in _PART.finditer(run, start, end) if _is_random(part[0]))


def _is_random(text: str) -> bool:
    parts = [part for part in _SEPARATED.split(text) if part]
    letters = "".join(parts)
    if len(letters) < 16 or len(set(letters)) < 9:
        return False
    longest = max(parts, key=len)
    numbers = sum(len(_DIGITS.findall(part)) for part in parts if not part.isdigit())
    if not _is_mixed(letters):
        least = 0.18 if numbers > 2 and len(longest) >= 24 else 0.22
        return len(longest) >= 16 and len(letters) >= 20 and numbers > 1 and _share(parts) >= least
    if len(letters) < 20:
        return numbers >= 2 and _share(parts) >= 0.4
    return _share(parts) >= (0.3 if numbers else 0.36) and _share([longest]) >= 0.26


def _is_random_base64(text: str) -> bool:
    parts = [part for part in _SEPARATED.split(text) if part]
    words = any(len(part) > 5 and _share([part]) < 0.28 for part in parts)
    return len(parts) > 1 and not words and _is_random(text) and _share(parts) >= 0.36


def _share(parts: list[str]) -> float:
    """Return how many words there are for each character: about 0.2 in names, 0.45 in keys."""
    return sum(len(_WORD.findall(part)) for part in parts) / sum(map(len, parts))


def _is_mixed(letters: str) -> bool:
    return not letters.islower() and not letters.isupper()
