"""Which alternative of one version is which of the other: by tag, never by position."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, TypeAlias

from msgspec.structs import replace

from codexwire.diff.value_set import ObjectSet
from codexwire.ir.nodes import TAG_PRIORITY
from codexwire.model.types import Enum

__all__ = ["Cell", "alternative_name", "cells", "pair_cell", "variant_name"]


class Cell(NamedTuple):
    """Alternatives that carry the same tag, by version; `label` is empty where nothing tells."""

    label: str
    old: tuple[ObjectSet, ...]
    new: tuple[ObjectSet, ...]


Values: TypeAlias = Callable[[ObjectSet, str], "tuple[str, ...] | None"]


def cells(
    old: Sequence[ObjectSet], new: Sequence[ObjectSet], values: tuple[Values, Values]
) -> list[Cell]:
    """Group the alternatives of both versions by what selects them.

    That is a property which is required and single-valued in every alternative of both (an object with
    a closed set of values there counts as one alternative for each), else the one key of externally
    tagged alternatives; without either all are in one cell. Catch-alls are left out. `values` say for
    each version which strings a property of an alternative admits.
    """
    old = [o for o in old if not o.is_open] if len(old) > 1 else list(old)
    new = [n for n in new if not n.is_open] if len(new) > 1 else list(new)
    if len(old) <= 1 and len(new) <= 1:
        return [Cell("", tuple(old), tuple(new))] if old or new else []
    tag = _common_tag(old, new, values)
    if tag is not None:
        old = [part for o in old for part in _distributed(o, tag, values[0])]
        new = [part for n in new for part in _distributed(n, tag, values[1])]
        return _group(old, new, lambda o: str(o.tags[tag]))
    if all(o.key is not None for o in (*old, *new)):
        return _group(old, new, lambda o: str(o.key))
    return [Cell("", tuple(old), tuple(new))]


def _common_tag(
    old: Sequence[ObjectSet], new: Sequence[ObjectSet], values: tuple[Values, Values]
) -> str | None:
    """The property that selects the alternatives of one version, and has known values in the other."""
    singles = [
        set(side[0].tags).intersection(*(a.tags for a in side)) for side in (old, new) if side
    ]
    candidates = set().union(*singles)
    ordered = [t for t in TAG_PRIORITY if t in candidates] + sorted(candidates - set(TAG_PRIORITY))
    for tag in ordered:
        found = [
            [_tag_values(a, tag, v) for a in s] for s, v in zip((old, new), values, strict=True)
        ]
        if all(f is not None for side in found for f in side):
            telling = {v for side in found for f in side for v in f or ()}
            if len(telling) > 1:
                return tag
    return None


def _tag_values(value_set: ObjectSet, tag: str, values: Values) -> tuple[str, ...] | None:
    if tag in value_set.tags:
        return (value_set.tags[tag],)
    prop = value_set.properties.get(tag)
    return values(value_set, tag) if prop is not None and prop.required else None


def _distributed(value_set: ObjectSet, tag: str, values: Values) -> list[ObjectSet]:
    """One alternative for each value of the tag."""
    if tag in value_set.tags:
        return [value_set]
    prop = value_set.properties[tag]
    return [
        replace(
            value_set,
            tags={**value_set.tags, tag: value},
            properties={
                **value_set.properties,
                tag: prop._replace(type=Enum((value,), text={"enum": [value]})),
            },
        )
        for value in values(value_set, tag) or ()
    ]


def _group(
    old: Iterable[ObjectSet], new: Iterable[ObjectSet], label: Callable[[ObjectSet], str]
) -> list[Cell]:
    found: dict[str, tuple[list[ObjectSet], list[ObjectSet]]] = {}
    for alternative in old:
        found.setdefault(label(alternative), ([], []))[0].append(alternative)
    for alternative in new:
        found.setdefault(label(alternative), ([], []))[1].append(alternative)
    return [Cell(name, tuple(a), tuple(b)) for name, (a, b) in sorted(found.items())]


class Paired(NamedTuple):
    """One cell's alternatives: those that belong together, and those that one version lacks."""

    pairs: list[tuple[ObjectSet, ObjectSet]]
    removed: list[ObjectSet]
    added: list[ObjectSet]


def pair_cell(
    cell: Cell,
    fits: Callable[[ObjectSet, ObjectSet], bool],
    bare: Callable[[str], str],
) -> Paired:
    """Pair the alternatives of a cell; `fits(old, new)` says whether either takes the other's values.

    One against one always belongs together. Among several, equal references, then titles, then what
    fits, then the greatest share of common properties decides.
    """
    if len(cell.old) == 1 and len(cell.new) == 1:
        return Paired([(cell.old[0], cell.new[0])], [], [])
    scored = [
        (_likeness(o, n, fits, bare), _sort_key(o), _sort_key(n), i, j)
        for i, o in enumerate(cell.old)
        for j, n in enumerate(cell.new)
    ]
    pairs: list[tuple[ObjectSet, ObjectSet]] = []
    left, right = set(range(len(cell.old))), set(range(len(cell.new)))
    for score, _, _, i, j in sorted(scored, key=lambda s: (-s[0], *s[1:])):
        if score > 0 and i in left and j in right:
            pairs.append((cell.old[i], cell.new[j]))
            left.discard(i)
            right.discard(j)
    return Paired(pairs, [cell.old[i] for i in sorted(left)], [cell.new[j] for j in sorted(right)])


def _likeness(
    old: ObjectSet,
    new: ObjectSet,
    fits: Callable[[ObjectSet, ObjectSet], bool],
    bare: Callable[[str], str],
) -> float:
    if old.ref is not None and new.ref is not None:
        return 5.0 if bare(old.ref) == bare(new.ref) else 0.0
    names, others = set(old.properties), set(new.properties)
    share = len(names & others) / max(1, len(names | others))
    if (
        old.tags
        and new.tags
        and any(old.tags[t] != new.tags[t] for t in old.tags.keys() & new.tags)
    ):
        return 0.0
    if (old.key is not None and new.tags) or (new.key is not None and old.tags):
        return 0.0  # one is known by its key, the other by a tag: another way of writing the union
    if old.title and old.title == new.title:
        return 4.0 + share
    return 2.0 + share if fits(old, new) else share


def _sort_key(value_set: ObjectSet) -> str:
    return f"{alternative_name(value_set)} {sorted(value_set.properties)}"


def variant_name(cell: Cell, value_set: ObjectSet) -> str:
    """Return what an alternative of a cell is called: its tag, and what it alone asks for."""
    if not cell.label:
        return alternative_name(value_set)
    common = set.intersection(*(_required(o) for o in (*cell.old, *cell.new)))
    several = len(cell.old) > 1 or len(cell.new) > 1
    return "+".join([cell.label, *sorted(_required(value_set) - common)]) if several else cell.label


def _required(value_set: ObjectSet) -> set[str]:
    return {name for name, prop in value_set.properties.items() if prop.required}


def alternative_name(value_set: ObjectSet) -> str:
    """Return what a person would call an alternative that has no tag."""
    if value_set.key is not None:
        return value_set.key
    if value_set.ref is not None:
        return value_set.ref
    return value_set.title or "+".join(sorted(_required(value_set)))
