"""Which branch of a union a value is of, and what tells branches apart."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple, TypeAlias

from codexwire.ir.nodes import union_of
from codexwire.location import JsonPath
from codexwire.model.kinds import ALL_KINDS, TYPE_KINDS, are_distinct_strings, json_kind
from codexwire.model.read import Types
from codexwire.model.types import (
    All,
    Anything,
    Enum,
    Limited,
    List,
    Never,
    Object,
    Ref,
    Type,
    Union,
    values_of,
)

__all__ = [
    "Discriminator",
    "Fits",
    "Passed",
    "disjoint_strings",
    "kinds_of",
    "object_tags",
    "passed",
    "single_values",
    "string_tags",
    "told_apart",
    "variant_of",
]

_MANY = 10_000  # unions; whoever reads types anew for every message would never be done
Fits: TypeAlias = "Callable[[Type, Any], bool]"
"""Decides exactly whether a value is one of a type."""


class Discriminator(NamedTuple):
    """What tells the branches of a union apart.

    `tag` is a property, the empty string when it is the one key of a branch, None when nothing does;
    `values` has what selects each branch, None for one that has none.
    """

    tag: str | None
    values: tuple[Any, ...]


def told_apart(types: Types, union: Union) -> Discriminator:
    """Return what tells the branches of a union apart."""
    known = types.told.get(id(union))
    if known is None:  # the union is kept beside it so that its id is never reused
        if len(types.told) >= _MANY:
            types.told.clear()
        known = types.told[id(union)] = (union, _told_apart(types, union))
    told: Discriminator = known[1]
    return told


def _told_apart(types: Types, union: Union) -> Discriminator:
    found = None if union.by_kind else union_of(types.protocol, union.text)
    by_index = {variant.index: variant.tag for variant in found.variants} if found else {}
    tag = found.tag if found else None
    return Discriminator(tag, tuple(map(by_index.get, range(len(union.branches)))))


def variant_of(types: Types, union: Union, value: Any, fits: Fits) -> int | None:
    """Return the index of the branch that a value is of; None when it is of none.

    A tag decides alone, whether the rest of the branch fits or not; without one, the first branch that
    fits.
    """
    tag, values = told_apart(types, union)
    if tag and isinstance(value, dict):
        told, known = value.get(tag), enumerate(values)
        return next((i for i, tag in known if type(tag) is type(told) and tag == told), None)
    return next((i for i, branch in enumerate(union.branches) if fits(branch, value)), None)


class Passed(NamedTuple):
    """A type that a value passes: where in the value, whose part it is, and which branch was chosen."""

    at: JsonPath
    owner: str
    type: Type
    value: Any
    branch: int | None = None


def passed(
    types: Types, found: Type, value: Any, fits: Fits, owner: str = "", at: JsonPath = ()
) -> Iterator[Passed]:
    """Yield every type that a value passes on its way through a type, the type itself first.

    `owner` is the full name of the type that it is a part of, or what else it belongs to.
    """
    branch = variant_of(types, found, value, fits) if isinstance(found, Union) else None
    yield Passed(at, owner, found, value, branch)
    if isinstance(found, Ref):
        yield from passed(types, types.named(found.name), value, fits, found.name, at)
    for inner, member, steps in _passed_inside(found, value, branch):
        yield from passed(types, inner, member, fits, owner, (*at, *steps))


def _passed_inside(
    found: Type, value: Any, branch: int | None
) -> Iterator[tuple[Type, Any, JsonPath]]:
    """Yield the types directly inside that a value passes, each with what it is given, and the way."""
    if isinstance(found, Union) and branch is not None:
        yield found.branches[branch], value, ()
    elif isinstance(found, All):
        yield from ((part, value, ()) for part in found.members)
    elif isinstance(found, Object) and isinstance(value, dict):
        for key, member in value.items():
            yield found.properties.get(key) or found.rest or Anything(), member, (key,)
    elif isinstance(found, List) and isinstance(value, list):
        yield from ((found.items, item, (index,)) for index, item in enumerate(value))


def kinds_of(types: Types, found: Type) -> frozenset[str]:
    """Return a superset of the kinds of value that a type admits.

    Exact for enums, scalars and unions of them; a type inside itself counts as everything.
    """
    if isinstance(found, Ref):
        return _kinds_of_named(types, found.name)
    if isinstance(found, Never):
        return frozenset()
    if isinstance(found, Enum):
        return frozenset(map(json_kind, found.values))
    if isinstance(found, Union):
        return frozenset().union(*(kinds_of(types, branch) for branch in found.branches))
    if isinstance(found, All):
        return ALL_KINDS.intersection(*(kinds_of(types, part) for part in found.members))
    if isinstance(found, Limited) and not found.others:
        return TYPE_KINDS[found.json_type]
    return ALL_KINDS


def _kinds_of_named(types: Types, name: str) -> frozenset[str]:
    """Each type is looked at once, however many unions it is nested in."""
    known = types.kinds.get(name)
    if known is None:
        types.kinds[name] = ALL_KINDS  # what it counts as inside itself
        known = types.kinds[name] = kinds_of(types, types.named(name))
    return known


def single_values(types: Types, found: Type) -> dict[str, Any]:
    """Return the required members of an object that admit exactly one scalar."""
    found = types.resolve(found)
    if isinstance(found, All):
        parts = [single_values(types, part) for part in found.members if not isinstance(part, Ref)]
        return {key: value for part in parts for key, value in part.items()}
    if not isinstance(found, Object):
        return {}
    known = {k: values_of(types.resolve(t)) for k, t in found.properties.items()}
    return {
        key: values[0]
        for key, values in known.items()
        if key in found.required
        and values is not None
        and len(values) == 1
        and not isinstance(values[0], list | dict)
    }


def disjoint_strings(types: Types, branches: Iterable[Type]) -> list[str] | None:
    """Return the values of branches that are enums of strings without one in common, else None."""
    values: list[str] = []
    for branch in map(types.resolve, branches):
        if not isinstance(branch, Enum):
            return None
        values += branch.values
    return values if are_distinct_strings(values) else None


def object_tags(types: Types, branches: Sequence[Type]) -> tuple[str, list[str]] | None:
    """Return the first of `string_tags` for branches that are all objects, else None."""
    if all(_is_object(types, branch) for branch in branches):
        return next(iter(string_tags(types, branches)), None)
    return None


def _is_object(types: Types, found: Type) -> bool:
    found = types.resolve(found)
    if isinstance(found, All):
        return any(p.path == found.path and _is_object(types, p) for p in found.members)
    return isinstance(found, Object) and not found.others


def string_tags(types: Types, branches: Sequence[Type]) -> Iterable[tuple[str, list[str]]]:
    """Yield the members that tell object branches apart by a string, with the string of each branch."""
    singles = [single_values(types, branch) for branch in branches]
    for tag in sorted(set(singles[0]).intersection(*singles[1:])):
        values = [single[tag] for single in singles]
        if are_distinct_strings(values):
            yield tag, values
