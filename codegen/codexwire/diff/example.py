"""The smallest values of one protocol, by value set: what witnesses are built from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from codexwire.diff.containment import string_fits
from codexwire.diff.match import ValueStep
from codexwire.diff.value_set import (
    KINDS,
    ArraySet,
    NumberSet,
    ObjectSet,
    StringSet,
    ValueSet,
)
from codexwire.diff.value_sets import ValueSets
from codexwire.ir.model import Method
from codexwire.model.types import Type

__all__ = ["Examples", "NoExampleError"]

_UNKNOWN = "anything"
_LONGEST = 10_000  # characters of a string in a message that people read


class NoExampleError(ValueError):
    """No finite value was found."""


class Examples:
    """Makes the smallest valid values of one protocol; equal questions give equal answers."""

    def __init__(self, value_sets: ValueSets) -> None:
        self.value_sets = value_sets
        self._made: dict[int, Any] = {}
        self._busy: set[int] = set()

    def value(self, found: Type) -> Any:
        """Return the smallest value of a type; NoExampleError when there is none."""
        key = id(found)
        if key in self._made:
            return self._made[key]
        if key in self._busy:
            raise NoExampleError("a value that contains itself")
        self._busy.add(key)
        try:
            self._made[key] = self.of_set(self.value_sets.of(found))
        finally:
            self._busy.discard(key)
        return self._made[key]

    def of_set(self, value_set: ValueSet) -> Any:
        """Return the smallest value of a value set."""
        for value in self.values(value_set):
            return value
        raise NoExampleError("no value in this set")

    def values(self, value_set: ValueSet) -> Iterator[Any]:
        """Yield a few values of a value set, simplest kind first."""
        if value_set.any:
            yield from (None, True, 0, _UNKNOWN, [], {})
            return
        for kind in KINDS:
            yield from self.of_kind(value_set, kind)

    def too_long(self, value_set: ValueSet, kind: str, other: ValueSet) -> Iterator[Any]:
        """Yield strings or arrays of a value set that are longer than those of the other one may be."""
        if kind == "string" and value_set.string is not None and other.string is not None:
            limit = other.string.max_length
            if limit is not None and limit < _LONGEST:
                yield from _fitting(("x" * (limit + 1),), value_set.string)
        elif kind == "array" and other.arrays:
            limits = [_LONGEST if a.max_items is None else a.max_items for a in other.arrays]
            for array in value_set.arrays if max(limits) < _LONGEST else ():
                yield from self._arrays(array._replace(min_items=max(limits) + 1))

    def of_kind(self, value_set: ValueSet, kind: str) -> Iterator[Any]:
        """Yield a few values of one JSON kind of a value set."""
        if kind == "null" and value_set.null:
            yield None
        elif kind == "boolean":
            yield from value_set.boolean
        elif kind == "number":
            for number in value_set.numbers:
                yield from _numbers(number)
        elif kind == "string" and value_set.string is not None:
            yield from _strings(value_set.string)
        elif kind == "array":
            for array in value_set.arrays:
                yield from self._arrays(array)
        elif kind == "object":
            for alternative in sorted(value_set.objects, key=_size):
                try:
                    yield self.object(alternative)
                except NoExampleError:
                    continue

    def _arrays(self, array: ArraySet) -> Iterator[Any]:
        """Yield arrays of the fewest items, then with one of each kind, then of the most items."""
        try:
            yield [self.value(array.items)] * array.min_items if array.min_items else []
            for item in self.values(self.value_sets.of(array.items)):
                yield [item] * max(1, array.min_items)
            if array.max_items:
                yield [self.value(array.items)] * array.max_items
        except NoExampleError:
            return

    def object(
        self, value_set: ObjectSet, given: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Return the smallest object of an alternative that has the `given` properties."""
        given = given or {}
        made = {
            name: given[name] if name in given else self.value(prop.type)
            for name, prop in value_set.properties.items()
            if prop.required or name in given
        }
        return {**made, **{name: value for name, value in given.items() if name not in made}}

    def message(self, method: Method) -> dict[str, Any]:
        """Return the smallest message of a method."""
        types = self.value_sets.types
        value_set = self.value_sets.of(types.message(method))
        beside = {
            name: self.value(found)
            for name, found in types.beside(method).items()
            if name in method.branch.get("required", ())
        }
        return {**self.object(value_set.objects[0]), **beside}

    def around(self, trail: tuple[ValueStep, ...], value: Any) -> Any:
        """Return the smallest value that holds `value` at the end of a trail."""
        for step in reversed(trail):
            if isinstance(step.inside, ArraySet):
                value = [value] * max(1, step.inside.min_items)
            elif step.name == "{}":
                value = {**self.object(step.inside), _UNKNOWN: value}
            else:
                value = self.object(step.inside, {step.name: value})
        return value

    def holding(self, found: Type, name: str, value: Any, depth: int = 4) -> Iterator[Any]:
        """Yield values of a type that hold `value` where it refers to the type `name`."""
        named = self.value_sets.names(found)
        if name in named:
            yield value
        if depth == 0:
            return
        value_set = self.value_sets.of(found)
        for array in value_set.arrays:
            for item in self.holding(array.items, name, value, depth - 1):
                yield [item] * max(1, array.min_items)
        for alternative in sorted(value_set.objects, key=_size):
            if alternative.ref == name and name not in named:
                yield value
            yield from self._objects_holding(alternative, name, value, depth - 1)

    def _objects_holding(
        self, value_set: ObjectSet, name: str, value: Any, depth: int
    ) -> Iterator[Any]:
        try:
            for key, prop in sorted(value_set.properties.items()):
                for inner in self.holding(prop.type, name, value, depth):
                    yield self.object(value_set, {key: inner})
            if value_set.undeclared is not None:
                for inner in self.holding(value_set.undeclared, name, value, depth):
                    yield {**self.object(value_set), _UNKNOWN: inner}
        except NoExampleError:
            return


def _size(value_set: ObjectSet) -> tuple[int, str]:
    required = sorted(name for name, prop in value_set.properties.items() if prop.required)
    return len(required), " ".join([*required, *sorted(value_set.tags.values())])


def _strings(value_set: StringSet) -> Iterator[str]:
    if value_set.values is not None:
        yield from sorted(value_set.values)
        return
    lengths = max(1, value_set.min_length), value_set.max_length or 1
    yield from _fitting(("", *("x" * length for length in lengths), _UNKNOWN), value_set)


def _fitting(words: Iterable[str], value_set: StringSet) -> Iterator[str]:
    return (word for word in words if string_fits(StringSet((word,)), value_set))


def _numbers(value_set: NumberSet) -> Iterator[float]:
    candidates: list[float] = [0, 1, -1]
    candidates += [bound for bound in (value_set.low, value_set.high) if bound is not None]
    candidates += [2**31, 2**32, 2**63, -(2**31) - 1, -(2**63) - 1]
    for number in (*candidates, *(() if value_set.integer else (0.5,))):
        low = value_set.low is None or number >= value_set.low
        if low and (value_set.high is None or number <= value_set.high):
            yield number
