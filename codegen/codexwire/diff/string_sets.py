"""Which values two sets of strings gained, lost, or turned into objects."""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.diff.match import StringMatch
from codexwire.diff.value_set import ObjectSet, StringSet

__all__ = ["added_values", "removed_values", "turned_values"]


def added_values(match: StringMatch) -> list[str]:
    """Return the values that only the new version names, unless a new catch-all implies them."""
    return [] if _opened(match.old, match.new) else _only(match.new, match.old, match.old_objects)


def removed_values(match: StringMatch) -> list[str]:
    """Return the values that only the old version names, unless its catch-all implies them."""
    return [] if _opened(match.new, match.old) else _only(match.old, match.new, match.new_objects)


def turned_values(
    match: StringMatch,
) -> Iterator[tuple[str, ObjectSet | None, ObjectSet | None]]:
    """Yield (value, old object, new object) for strings that became an object of that key, or did."""
    old, new = _named(match.old), _named(match.new)
    for value_set in match.new_objects:
        if (
            value_set.key in old
            and value_set.key not in new
            and not _has(match.old_objects, value_set.key)
        ):
            yield value_set.key, None, value_set
    for value_set in match.old_objects:
        if (
            value_set.key in new
            and value_set.key not in old
            and not _has(match.new_objects, value_set.key)
        ):
            yield value_set.key, value_set, None


def _only(here: StringSet, there: StringSet, objects: tuple[ObjectSet, ...]) -> list[str]:
    more = _named(here) - _named(there)
    return sorted(more.difference(value_set.key for value_set in objects))


def _named(value_set: StringSet) -> frozenset[str]:
    return frozenset(value_set.known if value_set.values is None else value_set.values)


def _has(objects: tuple[ObjectSet, ...], key: str | None) -> bool:
    return any(o.key == key for o in objects)


def _opened(before: StringSet, after: StringSet) -> bool:
    return before.values is not None and after.values is None
