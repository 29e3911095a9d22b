"""The set of values that a type admits, sorted by JSON kind, however the type is spelled.

Nullable wrappers, `allOf` of one, documented enums and "shared properties beside a union" all come
out alike, so two spellings of the same values have equal sets. References stay unresolved below
properties, items and map values.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from msgspec import Struct, field

from codexwire.location import JsonPath
from codexwire.model.types import Anything, Never, Type

__all__ = [
    "ANY",
    "KINDS",
    "NEVER",
    "ArraySet",
    "NumberSet",
    "ObjectSet",
    "Property",
    "StringSet",
    "ValueSet",
    "both",
    "default_of",
    "either",
]

KINDS = ("null", "boolean", "number", "string", "array", "object")
"""The JSON kinds, simplest first; an integer is a number with a flag."""


def default_of(found: Type) -> Any:
    """Return the default that is stated; None where there is none (or null)."""
    return found.facts.default if found.facts.has_default else None


class Property(NamedTuple):
    """One declared property: its type, whether it must be there, and the path to its schema."""

    type: Type
    required: bool
    path: JsonPath


class ObjectSet(Struct, frozen=True, eq=False):
    """One alternative of objects.

    `additional` is the type of undeclared properties, None where none is stated (a receiver accepts any, a
    sender writes none). `tags` are the required properties with a single value, `key` the one property of an
    externally tagged variant, `ref` the type that this alternative was reached through,
    `experimental` whether only the experimental schema has it.
    """

    properties: Mapping[str, Property]
    additional: Type | None = None
    path: JsonPath = ()
    ref: str | None = None
    tags: Mapping[str, Any] = field(default_factory=dict)
    key: str | None = None
    title: str = ""
    experimental: bool = False

    @property
    def is_open(self) -> bool:
        """Whether this is a catch-all: any object is taken."""
        return not self.properties and _is_free(self.additional)

    @property
    def undeclared(self) -> Type | None:
        """The type of what its sender writes beyond the declared properties; None: nothing."""
        return self.additional if self.treatment in ("typed", "free") else None

    @property
    def treatment(self) -> str:
        """How undeclared properties are treated: `closed`, `typed`, `ignored` or `free`."""
        if isinstance(self.additional, Never):
            return "closed"
        if not _is_free(self.additional):
            return "typed"
        return "ignored" if self.properties or self.additional is None else "free"


def _is_free(additional: Type | None) -> bool:
    return additional is None or isinstance(additional, Anything)


class StringSet(NamedTuple):
    """Strings: the closed set of `values`, or any (`values` None) within the limits.

    `known` are the values that a catch-all stands beside.
    """

    values: tuple[str, ...] | None
    known: tuple[str, ...] = ()
    min_length: int = 0
    max_length: int | None = None
    form: tuple[str, ...] = ()


class NumberSet(NamedTuple):
    """Numbers from `low` to `high` (None: unbounded); `integer` says whether only whole ones."""

    integer: bool
    low: float | None = None
    high: float | None = None
    format: str = ""


class ArraySet(NamedTuple):
    """Arrays of `items` with their limits; `path` leads to the item schema."""

    items: Type
    path: JsonPath
    min_items: int = 0
    max_items: int | None = None


class ValueSet(Struct, frozen=True, eq=False):
    """The values of one node by JSON kind; `any` admits everything."""

    any: bool = False
    null: bool = False
    boolean: tuple[bool, ...] = ()
    numbers: tuple[NumberSet, ...] = ()
    string: StringSet | None = None
    arrays: tuple[ArraySet, ...] = ()
    objects: tuple[ObjectSet, ...] = ()

    @property
    def kinds(self) -> frozenset[str]:
        """The JSON kinds that have values here, null included."""
        if self.any:
            return frozenset(KINDS)
        present = (self.null, self.boolean, self.numbers, self.string, self.arrays, self.objects)
        return frozenset(k for k, here in zip(KINDS, present, strict=True) if here)


ANY = ValueSet(any=True)
NEVER = ValueSet()


def either(value_sets: Iterable[ValueSet]) -> ValueSet:
    """Return the union of the value sets."""
    parts = list(value_sets)
    if len(parts) == 1:
        return parts[0]
    if any(s.any for s in parts):
        return ANY
    return ValueSet(
        null=any(s.null for s in parts),
        boolean=tuple(sorted({b for s in parts for b in s.boolean})),
        numbers=tuple(n for s in parts for n in s.numbers),
        string=_either_string([s.string for s in parts if s.string is not None]),
        arrays=_either_arrays(a for s in parts for a in s.arrays),
        objects=tuple(o for s in parts for o in s.objects),
    )


def _either_arrays(parts: Iterable[ArraySet]) -> tuple[ArraySet, ...]:
    """The arrays without those that are written twice."""
    found: list[ArraySet] = []
    for part in parts:
        if not any(part._replace(path=known.path) == known for known in found):
            found.append(part)
    return tuple(found)


def _either_string(parts: list[StringSet]) -> StringSet | None:
    if not parts:
        return None
    named = tuple(dict.fromkeys(v for p in parts for v in (p.values or p.known)))
    loose = [p for p in parts if p.values is None]
    if not loose:
        return StringSet(named)
    widest = min(loose, key=lambda p: (len(p.form), p.min_length))
    return widest._replace(known=named)


def both(left: ValueSet, right: ValueSet) -> ValueSet:
    """Return the intersection of two value sets; objects are distributed into alternatives."""
    if left.any:
        return right
    if right.any:
        return left
    return ValueSet(
        null=left.null and right.null,
        boolean=tuple(b for b in left.boolean if b in right.boolean),
        numbers=tuple(_both_numbers(a, b) for a in left.numbers for b in right.numbers),
        string=_both_strings(left.string, right.string),
        arrays=left.arrays if left.arrays and right.arrays else (),
        objects=tuple(_both_objects(a, b) for a in left.objects for b in right.objects),
    )


def _both_numbers(a: NumberSet, b: NumberSet) -> NumberSet:
    lows = [n.low for n in (a, b) if n.low is not None]
    highs = [n.high for n in (a, b) if n.high is not None]
    return NumberSet(
        a.integer or b.integer,
        max(lows, default=None),
        min(highs, default=None),
        a.format or b.format,
    )


def _both_strings(a: StringSet | None, b: StringSet | None) -> StringSet | None:
    if a is None or b is None:
        return None
    if a.values is None:
        return b if b.values is not None or not a.form else a
    if b.values is None:
        return a
    return StringSet(tuple(v for v in a.values if v in b.values))


def _both_objects(a: ObjectSet, b: ObjectSet) -> ObjectSet:
    """Merge shared properties (`a`) into one alternative (`b`)."""
    properties = dict(a.properties)
    for name, prop in b.properties.items():
        known = properties.get(name)
        required = prop.required or (known is not None and known.required)
        properties[name] = prop._replace(required=required)
    tags = {**a.tags, **b.tags}
    additional = b.additional if _is_free(a.additional) else a.additional
    return ObjectSet(
        properties, additional, b.path or a.path, b.ref, tags, None, b.title, b.experimental
    )
