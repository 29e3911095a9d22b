"""Which values two sets of strings gained, lost, or turned into objects."""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.diff.match import StringMatch
from codexwire.diff.value_set import ObjectShape, StringShape

__all__ = ["added_values", "removed_values", "turned_values"]


def added_values(match: StringMatch) -> list[str]:
    """Return the values that only the new version names, unless a new catch-all implies them."""
    return [] if _opened(match.old, match.new) else _only(match.new, match.old, match.old_objects)


def removed_values(match: StringMatch) -> list[str]:
    """Return the values that only the old version names, unless its catch-all implies them."""
    return [] if _opened(match.new, match.old) else _only(match.old, match.new, match.new_objects)


def turned_values(
    match: StringMatch,
) -> Iterator[tuple[str, ObjectShape | None, ObjectShape | None]]:
    """Yield (value, old object, new object) for strings that became an object of that key, or did."""
    old, new = _named(match.old), _named(match.new)
    for shape in match.new_objects:
        if shape.key in old and shape.key not in new and not _has(match.old_objects, shape.key):
            yield shape.key, None, shape
    for shape in match.old_objects:
        if shape.key in new and shape.key not in old and not _has(match.new_objects, shape.key):
            yield shape.key, shape, None


def _only(here: StringShape, there: StringShape, objects: tuple[ObjectShape, ...]) -> list[str]:
    return sorted(v for v in _named(here) if v not in _named(there) and not _has(objects, v))


def _named(shape: StringShape) -> frozenset[str]:
    return frozenset(shape.known if shape.values is None else shape.values)


def _has(objects: tuple[ObjectShape, ...], key: str | None) -> bool:
    return any(o.key == key for o in objects)


def _opened(before: StringShape, after: StringShape) -> bool:
    return before.values is not None and after.values is None
