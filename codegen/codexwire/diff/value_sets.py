"""Types of one protocol to value sets, and to the branches that a union is written as."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from typing import Any, NamedTuple

from msgspec.structs import replace

from codexwire.diff.value_set import (
    ANY,
    NEVER,
    ArraySet,
    NumberSet,
    ObjectSet,
    Property,
    StringSet,
    ValueSet,
    both,
    either,
)
from codexwire.ir.keywords import REFERENCE
from codexwire.ir.model import Protocol
from codexwire.location import JsonPath
from codexwire.model.kinds import INTEGER_RANGES
from codexwire.model.read import types_of
from codexwire.model.types import (
    All,
    Anything,
    Enum,
    Facts,
    List,
    Never,
    Object,
    Ref,
    Scalar,
    Tuple,
    Type,
    Union,
    is_null,
    split_nullable,
    values_of,
)

__all__ = ["Branch", "ValueSets"]

_ANYTHING = Anything()


class Branch(NamedTuple):
    """One non-null alternative of a type, and the type that it refers to (or None)."""

    ref: str | None
    type: Type


class ValueSets:
    """The value sets of one protocol's types, each computed once."""

    def __init__(self, protocol: Protocol) -> None:
        self.protocol = protocol
        self.types = types_of(protocol)
        self._value_sets: dict[int, tuple[Type, ValueSet]] = {}
        self._branches: dict[int, tuple[Type, tuple[tuple[Branch, ...], bool]]] = {}
        self._building: set[str] = set()

    def of(self, found: Type) -> ValueSet:
        """Return the value set of a type; the paths in it are those of its parts."""
        known = self._value_sets.get(id(found))
        if known is None:
            # The type is kept beside its value set so that its id is never reused.
            known = self._value_sets[id(found)] = (found, self._build(found, found.facts))
        return known[1]

    def branches(self, found: Type) -> tuple[tuple[Branch, ...], bool]:
        """Return the non-null branches of a type, aliases followed, and whether null is one too."""
        known = self._branches.get(id(found))
        if known is None:
            split = list(self._split(found, ()))
            value = (tuple(b for b in split if b is not None), None in split)
            known = self._branches[id(found)] = (found, value)
        return known[1]

    def names(self, found: Type) -> frozenset[str]:
        """Return the types that a value as a whole may be of, aliases on the way included."""
        names: set[str] = set()
        pending = [*_written_branches(found)]
        while pending:
            branch = pending.pop()
            if isinstance(branch, Ref) and branch.name not in names:
                names.add(branch.name)
                if self.is_alias(branch.name):
                    pending += _written_branches(self.types.named(branch.name))
        return frozenset(names)

    def strings(self, value_set: ObjectSet, name: str) -> tuple[str, ...] | None:
        """Return the closed set of strings that a property of an alternative admits, or None."""
        found = self.of(value_set.properties[name].type)
        closed = found.kinds == {"string"} and found.string is not None
        return found.string.values if closed and found.string is not None else None

    def is_alias(self, name: str) -> bool:
        """Whether a type is only another name for a type, nullable or not."""
        found = [b for b in _written_branches(self.types.named(name)) if not is_null(b)]
        return len(found) == 1 and isinstance(found[0], Ref)

    def _split(self, found: Type, seen: tuple[str, ...]) -> Iterator[Branch | None]:
        for branch in _written_branches(found):
            if is_null(branch):
                yield None
            elif isinstance(branch, Ref) and branch.name not in seen and self.is_alias(branch.name):
                yield from self._split(self.types.named(branch.name), (*seen, branch.name))
            elif isinstance(branch, Ref):
                yield Branch(branch.name, branch)
            elif isinstance(branch, Union):
                rest, nullable = split_nullable(branch)
                yield from [None] * nullable
                yield Branch(None, rest)
            else:
                yield Branch(None, branch)

    def _build(self, found: Type, facts: Facts) -> ValueSet:
        """Return the value set of a type; `facts` are those of the node that it is a part of."""
        if isinstance(found, Ref):
            return self._referred(found)
        if isinstance(found, Union):
            return either(self._build(branch, branch.facts) for branch in found.branches)
        if isinstance(found, All):
            value_sets = [
                self._build(part, facts if part.path == found.path else part.facts)
                for part in found.members
            ]
            return reduce(both, value_sets)
        if isinstance(found, Enum):
            return _of_values(found.values)
        if isinstance(found, Object):
            return ValueSet(objects=(self._object(found, facts),))
        if isinstance(found, Never):
            return NEVER
        return _plain(found)

    def _referred(self, found: Ref) -> ValueSet:
        """The value set of a type; the places inside it are the place of the reference."""
        name = found.name
        if name not in self.protocol.types:
            return ANY
        if name in self._building:
            return NEVER  # a union that contains itself adds no values
        self._building.add(name)
        inner = self.of(self.types.named(name))
        self._building.discard(name)
        if not inner.objects and not inner.arrays:
            return inner
        here = (*found.path, REFERENCE)
        return replace(
            inner,
            arrays=tuple(a._replace(path=here) for a in inner.arrays),
            objects=tuple(_moved(o, name, here) for o in inner.objects),
        )

    def _object(self, found: Object, facts: Facts) -> ObjectSet:
        properties = {
            name: Property(inner, name in found.required, (*found.path, "properties", name))
            for name, inner in found.properties.items()
        }
        for name in found.required:
            if name not in properties:
                properties[name] = Property(_ANYTHING, True, found.path)
        tags = {}
        for name in found.required:
            value = self._single(properties[name].type)
            if value is not None:
                tags[name] = value
        only = list(properties)
        key = only[0] if len(only) == 1 and list(found.required) == only and not tags else None
        return ObjectSet(
            properties,
            found.rest,
            found.path,
            None,
            tags,
            key,
            facts.title,
            facts.is_experimental,
        )

    def _single(self, found: Type) -> str | None:
        """The one string that a type admits, or None."""
        values = values_of(self.types.resolve(found))
        return values[0] if values and len(values) == 1 and isinstance(values[0], str) else None


def _written_branches(found: Type) -> Iterator[Type]:
    """Yield the branches of a union, those of unions in it included; any other type is its own."""
    if isinstance(found, Union) and not found.by_kind:
        for branch in found.branches:
            yield from _written_branches(branch)
    else:
        yield found


def _plain(found: Type) -> ValueSet:
    """Return the value set of a scalar or an array; any where more is asked for than value sets know."""
    if isinstance(found, List | Tuple) and not found.others:
        items = found.items if isinstance(found, List) else _ANYTHING
        least, most = found.limits.get("minItems", 0), found.limits.get("maxItems")
        return ValueSet(arrays=(ArraySet(items, (*found.path, "items"), least, most),))
    if not isinstance(found, Scalar) or found.others:
        return ANY
    if found.kind == "null":
        return ValueSet(null=True)
    if found.kind == "boolean":
        return ValueSet(boolean=(False, True))
    if found.kind == "string":
        return ValueSet(string=_string(found.limits))
    return ValueSet(numbers=(_number(found.kind, found.limits),))


def _moved(value_set: ObjectSet, name: str, path: JsonPath) -> ObjectSet:
    properties = {n: p._replace(path=path) for n, p in value_set.properties.items()}
    return replace(value_set, ref=name, path=path, properties=properties)


def _of_values(values: Sequence[Any]) -> ValueSet:
    return ValueSet(
        null=None in values,
        boolean=tuple(v for v in (False, True) if any(v is w for w in values)),
        numbers=tuple(
            NumberSet(isinstance(v, int), v, v)
            for v in values
            if isinstance(v, (int, float)) and not isinstance(v, bool)
        ),
        string=StringSet(tuple(v for v in values if isinstance(v, str)))
        if any(isinstance(v, str) for v in values)
        else None,
    )


def _number(kind: str, limits: Mapping[str, Any]) -> NumberSet:
    form = limits.get("format", "")
    low, high = INTEGER_RANGES.get(form, (None, None)) if kind == "integer" else (None, None)
    return NumberSet(
        kind == "integer",
        _tighter(max, low, limits.get("minimum")),
        _tighter(min, high, limits.get("maximum")),
        form,
    )


def _tighter(pick: Any, a: float | None, b: float | None) -> float | None:
    found = [v for v in (a, b) if v is not None]
    return pick(found) if found else None


def _string(limits: Mapping[str, Any]) -> StringSet:
    form = tuple(f"{w}={limits[w]}" for w in ("format", "pattern") if w in limits)
    return StringSet(None, (), limits.get("minLength", 0), limits.get("maxLength"), form)
