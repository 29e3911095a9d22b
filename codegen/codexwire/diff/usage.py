"""Which parts of a type values use: fields, variants and closed string values, by their place in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from codexwire.diff.pairing import alternative_name, cells
from codexwire.diff.shape import ObjectShape, Shape
from codexwire.diff.shapes import Shapes
from codexwire.model.types import Type

__all__ = ["Usage", "Uses", "inventory"]


@dataclass(slots=True)
class Usage:
    """The used parts of one type, each written as the place in it (`.turn.status`, `<text>.text`).

    A value is the place of a closed set of strings, `=`, and the string.
    """

    fields: set[str] = field(default_factory=set)
    variants: set[str] = field(default_factory=set)
    values: set[str] = field(default_factory=set)

    @property
    def places(self) -> set[str]:
        """All of them."""
        return self.fields | self.variants | self.values


class Uses:
    """Collects what values of one protocol use, by the full name of the type."""

    def __init__(self, shapes: Shapes) -> None:
        self.shapes = shapes
        self.types: dict[str, Usage] = {}

    def add(self, found: Type, value: Any, owner: str = "", place: str = "") -> None:
        """Note what a value of a type uses; what the type does not know is passed over."""
        if value is None:
            return
        branches, _ = self.shapes.branches(found)
        for branch in branches:
            if branch.ref is None or branch.ref not in self.shapes.protocol.types:
                continue
            shape = self.shapes.of(self.shapes.types.named(branch.ref))
            if self._fits(shape, value):
                self.types.setdefault(branch.ref, Usage())
                self._inline(shape, value, branch.ref, "")
                return
        self._inline(self.shapes.of(found), value, owner, place)

    def _fits(self, shape: Shape, value: Any) -> bool:
        if isinstance(value, dict):
            return shape.any or _chosen(shape, value) is not None
        if isinstance(value, str) and shape.string is not None:
            return shape.string.values is None or value in shape.string.values
        return shape.any or _kind(value) in shape.kinds

    def _inline(self, shape: Shape, value: Any, owner: str, place: str) -> None:
        usage = self.types.setdefault(owner, Usage()) if owner else Usage()
        if isinstance(value, str):
            if shape.string is not None and (shape.string.values or shape.string.known):
                usage.values.add(f"{place}={value}")
        elif isinstance(value, list) and shape.arrays:
            for item in value:
                self.add(shape.arrays[0].items, item, owner, f"{place}[]")
        elif isinstance(value, dict):
            self._object(shape, value, owner, place, usage)

    def _object(
        self, shape: Shape, value: dict[str, Any], owner: str, place: str, usage: Usage
    ) -> None:
        chosen = _chosen(shape, value)
        if chosen is None:
            return
        label = labels(self.shapes, shape.objects).get(id(chosen), "")
        if label:
            place = f"{place}<{label}>"
            usage.variants.add(place)
        for name, inner in value.items():
            prop = chosen.properties.get(name)
            if prop is not None:
                usage.fields.add(f"{place}.{name}")
                self.add(prop.type, inner, owner, f"{place}.{name}")
            elif chosen.undeclared is not None:
                self.add(chosen.undeclared, inner, owner, f"{place}{{}}")


def _kind(value: Any) -> str:
    kinds = {bool: "boolean", int: "number", float: "number", str: "string", list: "array"}
    return kinds.get(type(value), "object")


def _chosen(shape: Shape, value: Mapping[str, Any]) -> ObjectShape | None:
    """The alternative that an object belongs to: its tags agree and nothing required is missing."""
    fitting = [
        o
        for o in shape.objects
        if all(value.get(tag) == text for tag, text in o.tags.items())
        and all(name in value for name, prop in o.properties.items() if prop.required)
    ]
    closed = [o for o in fitting if not o.is_open] or fitting
    return max(closed, key=lambda o: len(o.properties.keys() & value.keys()), default=None)


def labels(shapes: Shapes, objects: tuple[ObjectShape, ...]) -> dict[int, str]:
    """Return what each alternative of a union is called in places, by the object's id."""
    if len(objects) < 2:
        return {}
    found = {}
    for cell in cells(objects, objects, (shapes.strings, shapes.strings)):
        for shape in cell.old:
            found[id(shape)] = cell.label or alternative_name(shape)
    return found


def inventory(shapes: Shapes, name: str) -> Usage:
    """Return every part that a type has."""
    usage = Usage()
    if name in shapes.protocol.types:
        for kind, place in _places(shapes, shapes.types.named(name), "", 0):
            getattr(usage, kind).add(place)
    return usage


def _places(shapes: Shapes, found: Type, place: str, depth: int) -> Iterator[tuple[str, str]]:
    branches, _ = shapes.branches(found)
    if depth and any(b.ref is not None for b in branches) and len(branches) == 1:
        return
    shape = shapes.of(found)
    if shape.string is not None:
        for value in shape.string.values or shape.string.known:
            yield "values", f"{place}={value}"
    for array in shape.arrays:
        yield from _places(shapes, array.items, f"{place}[]", depth + 1)
    named = labels(shapes, shape.objects)
    for alternative in shape.objects:
        label = named.get(id(alternative), "")
        here = f"{place}<{label}>" if label else place
        if label:
            yield "variants", here
        for name, prop in alternative.properties.items():
            yield "fields", f"{here}.{name}"
            yield from _places(shapes, prop.type, f"{here}.{name}", depth + 1)
        if alternative.undeclared is not None:
            yield from _places(shapes, alternative.undeclared, f"{here}{{}}", depth + 1)
