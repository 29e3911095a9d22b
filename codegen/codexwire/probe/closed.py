"""Finds members of a value that its type does not declare, which JSON Schema lets pass."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from codexwire.location import JsonPath
from codexwire.model.choose import Fits, passed
from codexwire.model.read import Types
from codexwire.model.types import Anything, Enum, Never, Object, Ref, Type

__all__ = ["Place", "Reading", "read_closed"]

Place: TypeAlias = "tuple[str, str]"
"""The full name of a type, and a place or a value in it."""


@dataclass(slots=True)
class Reading:
    """What one value has of its type, by the named types that it passes.

    `members` are places of declared members (`name`, `data[].id`, `*` for keys of maps), `undeclared`
    those of further ones, `values` the values of enums.
    """

    members: set[Place] = field(default_factory=set)
    undeclared: set[Place] = field(default_factory=set)
    values: set[Place] = field(default_factory=set)


@dataclass(slots=True)
class _Members:
    """The members of one object of a value: those that its types name, and what they say of others.

    A map declares all its members; an object that names some and lets any others in does not.
    """

    value: dict[str, Any]
    named: set[str] = field(default_factory=set)
    is_map: bool = False
    is_open: bool = False

    def add(self, found: Object) -> None:
        others = bool(found.patterns) or not isinstance(found.rest, Never | None)
        typed = not isinstance(found.rest, Anything) or not found.properties
        self.named |= found.properties.keys()
        self.is_map |= others and typed
        self.is_open |= others


def read_closed(types: Types, found: Type, value: Any, fits: Fits, owner: str = "") -> Reading:
    """Return what a value has of a type that accepts it."""
    reading = Reading()
    objects: dict[JsonPath, _Members] = {}
    begins: dict[JsonPath, str] = {(): owner}
    for at, part_of, inner, part, _ in passed(types, found, value, fits, owner):
        if isinstance(inner, Ref):
            begins[at] = inner.name
        if isinstance(inner, Object) and isinstance(part, dict):
            objects.setdefault(at, _Members(part)).add(inner)
        elif isinstance(inner, Enum) and isinstance(part, str):
            reading.values.add((part_of, part))
    for at, members in objects.items():
        for key in members.value:
            declared = key in members.named or members.is_map
            place = _place((*at, key), objects, begins)
            (reading.members if declared else reading.undeclared).add(place)
    return reading


def _place(
    path: JsonPath, objects: Mapping[JsonPath, _Members], begins: Mapping[JsonPath, str]
) -> Place:
    """Return the named type around a member, and the way from there.

    The keys of maps, which may be anybody's words, are left out of it.
    """
    begin = max(n for n in range(len(path)) if path[:n] in begins)
    steps: list[str] = []
    for number in range(begin, len(path)):
        members, step = objects.get(path[:number]), path[number]
        if not isinstance(step, str):
            steps.append("[]")
        elif members is not None and members.is_open and step not in members.named:
            steps.append("*")
        else:
            steps.append(step)
    return begins[path[:begin]], ".".join(steps).replace(".[]", "[]")
