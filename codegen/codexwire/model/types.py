"""Types: what values a place of the protocol admits, and what is said about it.

`model.read` makes them out of JSON Schema; everybody above works on them alone. A type is frozen, and
belongs to the protocol that it was read from: a `Ref` is followed by `model.read.Types`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from codexwire.direction import Stability
from codexwire.ir.model import Schema
from codexwire.location import JsonPath

__all__ = [
    "NO_FACTS",
    "All",
    "Anything",
    "Enum",
    "Facts",
    "List",
    "Map",
    "Never",
    "Object",
    "Opaque",
    "Ref",
    "Scalar",
    "Tuple",
    "Type",
    "Union",
    "is_catch_all",
    "is_null",
    "references",
    "split_nullable",
    "values_of",
]

ABSENT: Any = object()
"""Stands for a default that is not stated."""


class Facts(Struct, frozen=True):
    """What the protocol says about a place besides which values it admits.

    `unit` is `s` or `ms` for a time or a duration, `identity` the kind of id of a message. The last
    three are about single values of an enum.
    """

    title: str = ""
    description: str = ""
    stability: Stability | None = None
    deprecated: bool = False
    unit: str = ""
    identity: str = ""
    python_name: str = ""
    default: Any = ABSENT
    value_texts: Mapping[str, str] = field(default_factory=dict)
    experimental_values: tuple[Any, ...] = ()
    deprecated_values: tuple[Any, ...] = ()

    @property
    def is_experimental(self) -> bool:
        """Whether only the experimental schema has it."""
        return self.stability is Stability.EXPERIMENTAL

    @property
    def has_default(self) -> bool:
        """Whether a default is stated; null is one, too."""
        return self.default is not ABSENT

    def over(self, inner: Facts) -> Facts:
        """Return these facts, completed by those of an inner type where they say nothing."""
        if inner is NO_FACTS or self is NO_FACTS:
            return inner if self is NO_FACTS else self
        names = self.__struct_fields__
        blank = {name for name in names if getattr(self, name) == getattr(NO_FACTS, name)}
        return replace(self, **{name: getattr(inner, name) for name in blank})


NO_FACTS = Facts()


class Type(Struct, frozen=True, kw_only=True):
    """What all types have: facts, and where they come from.

    `path` leads from the owner's schema to the node, `text` is a schema of exactly the same values,
    for `wire.explain`. Two types are equal wherever they stand.
    """

    facts: Facts = NO_FACTS
    path: JsonPath = ()
    text: Schema = True

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self._said() == other._said()

    def __hash__(self) -> int:
        return hash(self._said())

    def _said(self) -> tuple[Any, ...]:
        """All but where it stands."""
        return tuple(
            getattr(self, name) for name in self.__struct_fields__ if name not in ("path", "text")
        )

    def parts(self) -> Iterator[Type]:
        """Yield the types directly inside, in the order in which they are written."""
        return iter(())

    def inside(self) -> Iterator[Type]:
        """Yield the type itself and all that is inside it, parents first; references end it."""
        waiting: list[Type] = [self]
        while waiting:
            found = waiting.pop()
            yield found
            waiting += [*found.parts()][::-1]


class Anything(Type, frozen=True):
    """Any value."""


class Never(Type, frozen=True, kw_only=True):
    """No value at all."""

    text: Schema = False


class Ref(Type, frozen=True):
    """The type of that full name (`v2/Thread`)."""

    name: str


class Enum(Type, frozen=True):
    """One of several values; of one, where there is no choice."""

    values: tuple[Any, ...]


class Limited(Type, frozen=True, kw_only=True):
    """Values of one JSON type within limits: keyword → what it says (`minimum`, `format` …).

    With `others`, all values of other JSON types fit, too.
    """

    limits: Mapping[str, Any] = field(default_factory=dict)
    others: bool = False

    @property
    def json_type(self) -> str:
        """The JSON type that it is about."""
        return "object"


class Scalar(Limited, frozen=True):
    """Null, a boolean, an integer, a number or a string: `kind` is the JSON type."""

    kind: str

    @property
    def json_type(self) -> str:
        """The JSON type that it is about."""
        return self.kind


class List(Limited, frozen=True):
    """An array of any length; `contains` is a type that one of the items must be of."""

    items: Type
    contains: Type | None = None

    @property
    def json_type(self) -> str:
        """The JSON type that it is about."""
        return "array"

    def parts(self) -> Iterator[Type]:
        """Yield the type of items, and of the one that must be there."""
        yield self.items
        if self.contains is not None:
            yield self.contains


class Tuple(Limited, frozen=True):
    """An array with a type for each of the first items, and one for the `rest`."""

    items: tuple[Type, ...]
    rest: Type
    contains: Type | None = None

    @property
    def json_type(self) -> str:
        """The JSON type that it is about."""
        return "array"

    def parts(self) -> Iterator[Type]:
        """Yield the types of items, of further items, and of the one that must be there."""
        yield from self.items
        yield self.rest
        if self.contains is not None:
            yield self.contains


class Object(Limited, frozen=True):
    """An object with named members.

    `required` may name members without a type. `rest` is the type of further members: None where
    nothing is said about them, and they are ignored. `patterns` are types by regular expression over
    names, `names` the type of all names, `dependencies` what a member asks for: other members, or a
    type of the whole object.
    """

    properties: Mapping[str, Type] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    rest: Type | None = None
    patterns: Mapping[str, Type] = field(default_factory=dict)
    names: Type | None = None
    dependencies: Mapping[str, tuple[str, ...] | Type] = field(default_factory=dict)

    @property
    def is_closed(self) -> bool:
        """Whether no further members are allowed."""
        return isinstance(self.rest, Never)

    @property
    def is_plain(self) -> bool:
        """Whether it asks for nothing but properties, required ones, and a type for the rest."""
        rare = self.patterns or self.dependencies or self.limits
        return not rare and self.names is None and not self.others

    def parts(self) -> Iterator[Type]:
        """Yield the types of members."""
        yield from self.properties.values()
        yield from self.patterns.values()
        yield from (t for t in self.dependencies.values() if isinstance(t, Type))
        yield from (t for t in (self.rest, self.names) if t is not None)


class Map(Object, frozen=True):
    """An object whose keys are data: it has a type for all members, or says nothing about them."""


class Union(Type, frozen=True):
    """A value of one of several branches; with `exact`, of exactly one.

    What tells the branches apart depends on the types that they refer to: `model.choose.told_apart`.
    `by_kind` is a union that is written as a list of JSON types.
    """

    branches: tuple[Type, ...]
    exact: bool = False
    by_kind: bool = False

    @property
    def is_open(self) -> bool:
        """Whether a branch catches what the others do not list."""
        return any(map(is_catch_all, self.branches))

    def parts(self) -> Iterator[Type]:
        """Yield the branches."""
        yield from self.branches


class All(Type, frozen=True):
    """A value that fits all of several types: first what the node itself asks for."""

    members: tuple[Type, ...]

    def parts(self) -> Iterator[Type]:
        """Yield the types that a value must fit."""
        yield from self.members


class Opaque(Type, frozen=True):
    """A condition (`not`, `if`), which only exact evaluation understands.

    A value that fits `condition` must fit `then`, any other must fit `otherwise`.
    """

    condition: Type
    then: Type
    otherwise: Type

    def parts(self) -> Iterator[Type]:
        """Yield the condition and both consequences."""
        yield from (self.condition, self.then, self.otherwise)


def references(found: Type) -> Iterator[str]:
    """Yield the full name of every type that a type refers to, in order of appearance."""
    return (inner.name for inner in found.inside() if isinstance(inner, Ref))


def is_null(found: Type) -> bool:
    """Whether a type admits null and nothing else."""
    return isinstance(found, Scalar) and found.kind == "null"


def is_catch_all(found: Type) -> bool:
    """Whether a branch takes any string or any object."""
    if isinstance(found, Union) and found.by_kind:
        return all(map(_is_bare, found.branches)) and any(map(is_catch_all, found.branches))
    if isinstance(found, Scalar) and found.kind != "string":
        return False
    return isinstance(found, Anything) or (isinstance(found, Scalar | Map) and _is_bare(found))


def _is_bare(found: Type) -> bool:
    if isinstance(found, Map) and found.rest is not None:
        return False
    if isinstance(found, List) and not (isinstance(found.items, Anything) and not found.contains):
        return False
    return isinstance(found, Scalar | Map | List) and not found.limits


def values_of(found: Type) -> tuple[Any, ...] | None:
    """Return the values of an enum, also of one that is written as a union of enums; else None."""
    if isinstance(found, Enum):
        return found.values
    if isinstance(found, Union) and not found.by_kind:
        parts = [values_of(branch) for branch in found.branches]
        if parts and all(part is not None for part in parts):
            return tuple(value for part in parts if part for value in part)
    return None


def split_nullable(found: Type) -> tuple[Type, bool]:
    """Return a type without null, and whether it admitted null; references are not followed."""
    if isinstance(found, Enum) and None in found.values and len(found.values) > 1:
        rest = tuple(value for value in found.values if value is not None)
        return replace(found, values=rest), True
    if not isinstance(found, Union) or not any(map(is_null, found.branches)):
        return found, False
    kept = tuple(branch for branch in found.branches if not is_null(branch))
    if len(kept) == 1:
        only = kept[0]
        return replace(only, facts=found.facts.over(only.facts)), True
    return replace(found, branches=kept), True
