"""The smallest values of one protocol, by shape: what witnesses are built from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from codexwire.diff.containment import string_fits
from codexwire.diff.match import Step
from codexwire.diff.value_set import (
    KINDS,
    ArrayShape,
    NumberShape,
    ObjectShape,
    Shape,
    StringShape,
)
from codexwire.diff.value_sets import Shapes
from codexwire.ir.model import Method
from codexwire.model.types import Type

__all__ = ["Examples", "NoExampleError"]

_UNKNOWN = "anything"


class NoExampleError(ValueError):
    """No finite value was found."""


class Examples:
    """Makes the smallest valid values of one protocol; equal questions give equal answers."""

    def __init__(self, shapes: Shapes) -> None:
        self.shapes = shapes
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
            self._made[key] = self.of_shape(self.shapes.of(found))
        finally:
            self._busy.discard(key)
        return self._made[key]

    def of_shape(self, shape: Shape) -> Any:
        """Return the smallest value of a shape."""
        for value in self.values(shape):
            return value
        raise NoExampleError("no value of this shape")

    def values(self, shape: Shape) -> Iterator[Any]:
        """Yield a few values of a shape, simplest kind first."""
        if shape.any:
            yield from (None, True, 0, _UNKNOWN, [], {})
            return
        for kind in KINDS:
            yield from self.of_kind(shape, kind)

    def of_kind(self, shape: Shape, kind: str) -> Iterator[Any]:
        """Yield a few values of one JSON kind of a shape."""
        if kind == "null" and shape.null:
            yield None
        elif kind == "boolean":
            yield from shape.boolean
        elif kind == "number":
            for number in shape.numbers:
                yield from _numbers(number)
        elif kind == "string" and shape.string is not None:
            yield from _strings(shape.string)
        elif kind == "array":
            for array in shape.arrays:
                yield from self._arrays(array)
        elif kind == "object":
            for alternative in sorted(shape.objects, key=_size):
                try:
                    yield self.object(alternative)
                except NoExampleError:
                    continue

    def _arrays(self, array: ArrayShape) -> Iterator[Any]:
        """Yield arrays of the fewest items, then with one of each kind, then of the most items."""
        try:
            yield [self.value(array.items)] * array.min_items if array.min_items else []
            for item in self.values(self.shapes.of(array.items)):
                yield [item] * max(1, array.min_items)
            if array.max_items:
                yield [self.value(array.items)] * array.max_items
        except NoExampleError:
            return

    def object(self, shape: ObjectShape, given: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return the smallest object of an alternative that has the `given` properties."""
        given = given or {}
        made = {
            name: given[name] if name in given else self.value(prop.type)
            for name, prop in shape.properties.items()
            if prop.required or name in given
        }
        return {**made, **{name: value for name, value in given.items() if name not in made}}

    def message(self, method: Method) -> dict[str, Any]:
        """Return the smallest message of a method."""
        types = self.shapes.types
        shape = self.shapes.of(types.message(method))
        beside = {
            name: self.value(found)
            for name, found in types.beside(method).items()
            if name in method.branch.get("required", ())
        }
        return {**self.object(shape.objects[0]), **beside}

    def around(self, trail: tuple[Step, ...], value: Any) -> Any:
        """Return the smallest value that holds `value` at the end of a trail."""
        for step in reversed(trail):
            if isinstance(step.inside, ArrayShape):
                value = [value] * max(1, step.inside.min_items)
            elif step.name == "{}":
                value = {**self.object(step.inside), _UNKNOWN: value}
            else:
                value = self.object(step.inside, {step.name: value})
        return value

    def holding(self, found: Type, name: str, value: Any, depth: int = 4) -> Iterator[Any]:
        """Yield values of a type that hold `value` where it refers to the type `name`."""
        named = self.shapes.names(found)
        if name in named:
            yield value
        if depth == 0:
            return
        shape = self.shapes.of(found)
        for array in shape.arrays:
            for item in self.holding(array.items, name, value, depth - 1):
                yield [item] * max(1, array.min_items)
        for alternative in sorted(shape.objects, key=_size):
            if alternative.ref == name and name not in named:
                yield value
            yield from self._objects_holding(alternative, name, value, depth - 1)

    def _objects_holding(
        self, shape: ObjectShape, name: str, value: Any, depth: int
    ) -> Iterator[Any]:
        try:
            for key, prop in sorted(shape.properties.items()):
                for inner in self.holding(prop.type, name, value, depth):
                    yield self.object(shape, {key: inner})
            if shape.undeclared is not None:
                for inner in self.holding(shape.undeclared, name, value, depth):
                    yield {**self.object(shape), _UNKNOWN: inner}
        except NoExampleError:
            return


def _size(shape: ObjectShape) -> tuple[int, str]:
    required = sorted(name for name, prop in shape.properties.items() if prop.required)
    return len(required), " ".join([*required, *sorted(shape.tags.values())])


def _strings(shape: StringShape) -> Iterator[str]:
    if shape.values is not None:
        yield from sorted(shape.values)
        return
    for word in ("", "x" * max(1, shape.min_length), "x" * (shape.max_length or 1), _UNKNOWN):
        if string_fits(StringShape((word,)), shape):
            yield word


def _numbers(shape: NumberShape) -> Iterator[float]:
    candidates: list[float] = [0, 1, -1]
    candidates += [bound for bound in (shape.low, shape.high) if bound is not None]
    candidates += [2**31, 2**32, 2**63, -(2**31) - 1, -(2**63) - 1]
    for number in (*candidates, *(() if shape.integer else (0.5,))):
        low = shape.low is None or number >= shape.low
        if low and (shape.high is None or number <= shape.high):
            yield number
