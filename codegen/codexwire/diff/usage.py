"""Which parts of a type values use: fields, variants and values of small sets, by their place in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple, TypeAlias

from codexwire.diff.pairing import alternative_name, cells
from codexwire.diff.value_set import ObjectSet, StringSet, ValueSet, either
from codexwire.diff.value_sets import ValueSets
from codexwire.ir.model import Protocol
from codexwire.model.types import Type

__all__ = ["Listed", "TypeUsage", "Uses", "inventory", "labels", "listed_in", "set_at"]


@dataclass(slots=True)
class TypeUsage:
    """The used parts of one type, each written as the place in it (`.turn.status`, `<text>.text`).

    A value is a place, `=`, and a string of those that stand there, or null, true or false.
    """

    fields: set[str] = field(default_factory=set)
    variants: set[str] = field(default_factory=set)
    values: set[str] = field(default_factory=set)

    @property
    def places(self) -> set[str]:
        """All of them."""
        return self.fields | self.variants | self.values


Listed: TypeAlias = "Callable[[str, str], bool]"
"""Whether strings at a place of a type, by its full name, are of a small set that its schema does not say."""


class Uses:
    """Collects what values of one protocol use, by the full name of the type.

    Strings are kept where the schema lists them. Of what is sent, null, booleans and strings that are
    `listed` elsewhere are kept, too: a server may refuse them. `unknown` are the places of fields, variants
    and values that the schema does not have.
    """

    def __init__(self, value_sets: ValueSets, listed: Listed | None = None) -> None:
        self.value_sets = value_sets
        self.types: dict[str, TypeUsage] = {}
        self.unknown: set[str] = set()
        self._listed = listed

    def add(self, found: Type, value: Any, owner: str = "", place: str = "") -> None:
        """Note what a value of a type uses; what the type does not know is `unknown`."""
        if value is None:
            if owner and self._listed is not None and self.value_sets.of(found).null:
                self.types.setdefault(owner, TypeUsage()).values.add(f"{place}=null")
            return
        branches, _ = self.value_sets.branches(found)
        known = self.value_sets.protocol.types
        names = [b.ref for b in branches if b.ref is not None and b.ref in known]
        for name in names:
            value_set = self.value_sets.of(self.value_sets.types.named(name))
            if self._fits(value_set, value):
                self.types.setdefault(name, TypeUsage())
                self._inline(value_set, value, name, "")
                return
        self._inline(self.value_sets.of(found), value, owner or "".join(names[:1]), place)

    def _fits(self, value_set: ValueSet, value: Any) -> bool:
        if isinstance(value, dict):
            return value_set.any or _chosen(value_set, value) is not None
        if isinstance(value, str) and value_set.string is not None:
            return value_set.string.values is None or value in value_set.string.values
        return value_set.any or _kind(value) in value_set.kinds

    def _inline(self, value_set: ValueSet, value: Any, owner: str, place: str) -> None:
        usage = self.types.setdefault(owner, TypeUsage()) if owner else TypeUsage()
        if isinstance(value, str):
            if self._is_kept(value_set.string, value, owner, place):
                usage.values.add(f"{place}={value}")
        elif isinstance(value, bool):
            if self._listed is not None and value in value_set.boolean:
                usage.values.add(f"{place}={str(value).lower()}")
        elif isinstance(value, list) and value_set.arrays:
            for item in value:
                self.add(value_set.arrays[0].items, item, owner, f"{place}[]")
        elif isinstance(value, dict):
            self._object(value_set, value, owner, place, usage)

    def _is_kept(self, string: StringSet | None, value: str, owner: str, place: str) -> bool:
        if string is None:
            return False
        if string.values is None:
            elsewhere = self._listed is not None and self._listed(owner, place)
            return bool(string.known) or elsewhere
        if value not in string.values:
            self.unknown.add(f"{owner}{place}=")
        return value in string.values

    def _object(
        self, value_set: ValueSet, value: dict[str, Any], owner: str, place: str, usage: TypeUsage
    ) -> None:
        chosen = _chosen(value_set, value)
        if chosen is None:
            if value_set.objects:
                self.unknown.add(f"{owner}{place}<>")
            return
        label = labels(self.value_sets, value_set.objects).get(id(chosen), "")
        place = _inside(place, label)
        if label:
            usage.variants.add(place)
        for name, inner in value.items():
            prop = chosen.properties.get(name)
            if prop is not None:
                usage.fields.add(f"{place}.{name}")
                self.add(prop.type, inner, owner, f"{place}.{name}")
            elif chosen.undeclared is not None:
                self.add(chosen.undeclared, inner, owner, f"{place}{{}}")
            else:
                self.unknown.add(f"{owner}{place}.{name}")


def _kind(value: Any) -> str:
    kinds = {bool: "boolean", int: "number", float: "number", str: "string", list: "array"}
    return kinds.get(type(value), "object")


def _chosen(value_set: ValueSet, value: Mapping[str, Any]) -> ObjectSet | None:
    """The alternative that an object belongs to: its tags agree and nothing required is missing."""
    fitting = [
        o
        for o in value_set.objects
        if all(value.get(tag) == text for tag, text in o.tags.items())
        and all(name in value for name, prop in o.properties.items() if prop.required)
    ]
    closed = [o for o in fitting if not o.is_open] or fitting
    return max(closed, key=lambda o: len(o.properties.keys() & value.keys()), default=None)


def labels(value_sets: ValueSets, objects: tuple[ObjectSet, ...]) -> dict[int, str]:
    """Return the label that paths use for each alternative of a union, keyed by the id() of its value set."""
    if len(objects) < 2:
        return {}
    found = {}
    for cell in cells(objects, objects, (value_sets.strings, value_sets.strings)):
        for value_set in cell.old:
            found[id(value_set)] = cell.label or alternative_name(value_set)
    return found


class _Node(NamedTuple):
    """A place in a type: what stands there, and the alternatives of objects that are part of the type.

    `own` says that what stands there is part of the type, and not another type that it refers to. Each
    alternative has its label, empty for the only one.
    """

    place: str
    value_set: ValueSet
    own: bool = True
    alternatives: tuple[tuple[str, ObjectSet], ...] = ()


def inventory(value_sets: ValueSets, name: str) -> TypeUsage:
    """Return every part that a type has."""
    usage = TypeUsage()
    for node in _nodes(value_sets, name):
        if node.own:
            usage.values.update(f"{node.place}={value}" for value in _listed(node.value_set))
        for label, alternative in node.alternatives:
            here = _inside(node.place, label)
            if label:
                usage.variants.add(here)
            usage.fields.update(f"{here}.{name}" for name in alternative.properties)
    return usage


def set_at(value_sets: ValueSets, name: str, place: str) -> ValueSet:
    """Return what stands at a place of a type; nothing where the type has no such place."""
    return either(node.value_set for node in _nodes(value_sets, name) if node.place == place)


def listed_in(protocols: Iterable[Protocol]) -> Listed:
    """Return what tells whether one of the protocols lists the strings at a place of a type."""
    versions = [ValueSets(protocol) for protocol in protocols]

    @cache
    def listed(owner: str, place: str) -> bool:
        strings = (set_at(value_sets, owner, place).string for value_sets in versions)
        return any(string is not None and string.values for string in strings)

    return listed


def _listed(value_set: ValueSet) -> tuple[str, ...]:
    return () if value_set.string is None else value_set.string.values or value_set.string.known


def _inside(place: str, label: str) -> str:
    return f"{place}<{label}>" if label else place


def _nodes(value_sets: ValueSets, name: str) -> Iterator[_Node]:
    if name in value_sets.protocol.types:
        yield from _below(value_sets, value_sets.types.named(name), "", 0)


def _below(value_sets: ValueSets, found: Type, place: str, depth: int) -> Iterator[_Node]:
    branches, _ = value_sets.branches(found)
    value_set = value_sets.of(found)
    if depth and any(b.ref is not None for b in branches) and len(branches) == 1:
        yield _Node(place, value_set, own=False)
        return
    named = labels(value_sets, value_set.objects)
    alternatives = tuple((named.get(id(o), ""), o) for o in value_set.objects)
    yield _Node(place, value_set, alternatives=alternatives)
    for array in value_set.arrays:
        yield from _below(value_sets, array.items, f"{place}[]", depth + 1)
    for label, alternative in alternatives:
        here = _inside(place, label)
        for name, prop in alternative.properties.items():
            yield from _below(value_sets, prop.type, f"{here}.{name}", depth + 1)
        if alternative.undeclared is not None:
            yield from _below(value_sets, alternative.undeclared, f"{here}{{}}", depth + 1)
