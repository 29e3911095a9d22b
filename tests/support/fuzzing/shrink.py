"""A case that fails becomes a small one that fails in the same way."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from fuzzing.fuzzer import Case, Fuzzer

__all__ = ["minimal"]

_AS_TREE: Mapping[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "types": (lambda tree: tree, lambda tree: tree),
    "line": (json.loads, json.dumps),
    "lines": (lambda texts: [*map(json.loads, texts)], lambda trees: [*map(json.dumps, trees)]),
}
"""How the parts of cases are read as what can be made smaller, and written again."""


def minimal(fuzzer: Fuzzer, case: Case, seconds: float) -> Case:
    """Return the smallest case that was found in some seconds; each of its parts is needed."""
    words, end = fuzzer.broken(case), time.monotonic() + seconds

    def fails(candidate: Case) -> bool:
        try:
            return time.monotonic() < end and fuzzer.broken(candidate) == words
        except Exception:
            return False  # no case at all: a reference to nothing, say

    before: Case | None = None
    while before != case:
        before = case
        for part in _AS_TREE:
            case = _smaller_in(case, part, fails) if part in case else case
    return case


def _smaller_in(case: Case, part: str, fails: Callable[[Case], bool]) -> Case:
    """Return the case with one part as small as it gets."""
    read, write = _AS_TREE[part]
    while True:
        candidates = ({**case, part: write(tree)} for tree in _reductions(read(case[part])))
        smaller = next(filter(fails, candidates), None)
        if smaller is None:
            return case
        case = smaller


def _reductions(value: Any) -> Iterator[Any]:
    """Yield values that are smaller than a JSON value in one place, the boldest first."""
    if isinstance(value, list):
        yield from _shorter(value)
        for index, item in enumerate(value):
            for smaller in _instead(item):
                yield [*value[:index], smaller, *value[index + 1 :]]
    elif isinstance(value, dict):
        for key in value:
            yield {k: v for k, v in value.items() if k != key}
        for key, member in value.items():
            for smaller in _instead(member):
                yield {**value, key: smaller}


def _shorter(items: list[Any]) -> Iterator[list[Any]]:
    """Yield a list without some of its items: halves of it first, then smaller pieces."""
    size = len(items)
    while size:
        for start in range(0, len(items), size):
            yield items[:start] + items[start + size :]
        size //= 2


def _instead(value: Any) -> Iterator[Any]:
    """Yield what may stand in place of a value: little, one of its own parts, or itself made smaller."""
    if isinstance(value, (dict, list)):
        if value:
            yield type(value)()
        yield from value.values() if isinstance(value, dict) else value
        yield from _reductions(value)
    elif isinstance(value, str) and len(value) > 1:
        yield value[:1]
    elif isinstance(value, (int, float)) and value not in (0, 1):
        yield 1
