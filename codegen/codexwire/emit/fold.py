"""Lines of generated source that are too long become several, brackets outermost first."""

from __future__ import annotations

import re
from itertools import pairwise

__all__ = ["WIDTH", "fold"]

WIDTH = 100
"""The longest line, in characters."""

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'')
_OPEN, _CLOSE = "([{", ")]}"
_BREAKS = (", ", " or ", " and ", " | ")


def fold(source: str) -> str:
    """Return the source with every line that can be broken inside brackets within the width.

    Knows expressions of names, calls, literals and operators; no comments, no multi-line strings.
    """
    return "\n".join(part for line in source.split("\n") for part in _fold(line))


def _fold(line: str) -> list[str]:
    if len(line) <= WIDTH:
        return [line]
    indent = line[: len(line) - len(line.lstrip())]
    plain = _STRING.sub(lambda m: "_" * len(m[0]), line)  # same columns, no brackets in strings
    found = _longest_bracket(plain)
    if found is None:
        name, equals, value = line.partition(" = ")
        return _fold(f"{name} = ({value})") if equals and " | " in value else [line]
    start, end = found
    parts = _parts(line[start + 1 : end], plain[start + 1 : end])
    inner = [folded for part in parts for folded in _fold(f"{indent}    {part}")]
    return [line[: start + 1], *inner, *_fold(indent + line[end:])]


def _longest_bracket(plain: str) -> tuple[int, int] | None:
    """Return where the longest bracket that no other one holds starts and ends."""
    depth, start = 0, 0
    found: list[tuple[int, int]] = []
    for column, letter in enumerate(plain):
        if letter in _OPEN:
            start = column if depth == 0 else start
            depth += 1
        elif letter in _CLOSE:
            depth -= 1
            if depth == 0 and column - start > 1:
                found.append((start, column))
    return max(found, key=lambda span: span[1] - span[0], default=None)


def _parts(body: str, plain: str) -> list[str]:
    """Return what stands in a bracket, broken at the commas or at the weakest operator there is."""
    for sign in _BREAKS:
        columns = _at_top(plain, sign)
        if not columns:
            continue
        edges = [0, *columns, len(body)]
        parts = [body[a:b].strip() for a, b in pairwise(edges)]
        if sign == ", ":
            items = [part.strip(", ") for part in parts]
            return [f"{item}," for item in items if item]  # a body may end with a comma
        return parts
    return [body]


def _at_top(plain: str, sign: str) -> list[int]:
    depth, found = 0, []
    for column, letter in enumerate(plain):
        depth += (letter in _OPEN) - (letter in _CLOSE)
        if depth == 0 and plain.startswith(sign, column):
            found.append(column)
    return found
