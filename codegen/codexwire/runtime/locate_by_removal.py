"""Find what makes a message invalid by leaving out one part after another.

The models are laxer than the schema in a few places: they keep properties that a closed object must not
have, and take null for an optional property. The validators know that such a message is invalid and
not where.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from codexwire.location import JsonPath

__all__ = ["locate_by_removal"]


_MOST = 5000


def locate_by_removal(value: Any, accepts: Callable[[Any], bool]) -> tuple[JsonPath, str]:
    """Return the innermost member without which `accepts` takes the value, and the broken rule.

    `((), "schema")` when no single member is to blame, or the value is too large to try them all.
    """
    best: JsonPath | None = None
    for count, path in enumerate(_members(value, ())):
        if count == _MOST:
            break
        if (best is None or path[: len(best)] == best) and accepts(_without(value, path)):
            best = path
    if best is None:
        return (), "schema"
    blamed = value
    for step in best:
        blamed = blamed[step]
    return best, "schema/type" if blamed is None else "schema/additionalProperties"


def _members(value: Any, path: JsonPath) -> Iterator[JsonPath]:
    """Yield the paths of all members of objects, outer ones first."""
    waiting = [(value, path)]
    while waiting:
        here, at = waiting.pop(0)
        for key, member in _items(here):
            inner = (*at, key)
            if isinstance(here, dict):
                yield inner
            waiting.append((member, inner))


def _items(value: Any) -> Iterator[tuple[str | int, Any]]:
    if isinstance(value, dict):
        yield from value.items()
    elif isinstance(value, list):
        yield from enumerate(value)


def _without(value: Any, path: JsonPath) -> Any:
    """Return a copy of the value without the member at `path`."""
    step, *rest = path
    if isinstance(value, list):
        return [_without(v, tuple(rest)) if i == step else v for i, v in enumerate(value)]
    if not rest:
        return {key: member for key, member in value.items() if key != step}
    return {k: _without(v, tuple(rest)) if k == step else v for k, v in value.items()}
