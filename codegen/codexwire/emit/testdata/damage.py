"""Values with one thing changed: what may be wrong with a member, and spellings that are right."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

from codexwire.location import JsonPath
from codexwire.model.kinds import json_kind

__all__ = ["UNKNOWN", "Damage", "of_member", "of_root"]

UNKNOWN = "codexwireUnknown"
"""The name of a member, and the value of an enum, that no release has."""

_OTHER: Mapping[str, Any] = {
    "null": False,
    "boolean": "true",
    "integer": "7",
    "fraction": "7.5",
    "string": 7,
    "array": {},
    "object": [],
}
"""Kind of a value → one of another kind, as near to it as a careless writer comes."""


class Damage(NamedTuple):
    """A value with one change: what was changed (nothing: an empty text), and where."""

    made: str
    at: JsonPath
    value: Any


def of_root(value: Any) -> Iterator[Damage]:
    """Yield what the value may be instead: of another kind, or null; an object with one more member."""
    yield Damage("wrong-type", (), _OTHER[json_kind(value)])
    if value is not None:
        yield Damage("null", (), None)
    if isinstance(value, dict):
        yield Damage("unknown-member", (UNKNOWN,), {**value, UNKNOWN: 1})


def of_member(value: dict[str, Any], key: str, listed: Collection[JsonPath]) -> Iterator[Damage]:
    """Yield an object with one member changed; `listed` are the places where only some values fit."""
    member = value[key]
    yield Damage("missing", (key,), {k: v for k, v in value.items() if k != key})
    for made, step, new in _changes(member, (key,) in listed):
        yield Damage(made, (key, *step), {**value, key: new})


def _changes(member: Any, is_listed: bool) -> Iterator[tuple[str, JsonPath, Any]]:
    kind = json_kind(member)
    yield "wrong-type", (), _OTHER[kind]
    if member is not None:
        yield "null", (), None
    if kind == "integer":
        yield "fraction", (), member + 0.5
        yield "float", (), float(member)
        yield "negative", (), -1
    if kind == "string" and is_listed:
        yield "unlisted", (), UNKNOWN
    if kind == "array":
        yield "null-item", (len(member),), [*member, None]
        if member and (inside := _shortened(member[0])):
            yield "missing", (0, inside[0]), [inside[1], *member[1:]]
    if inside := _shortened(member):
        yield "missing", (inside[0],), inside[1]


def _shortened(value: Any) -> tuple[str, Any] | None:
    """Return the name of an object's first member, and the object without it."""
    if not isinstance(value, dict) or not value:
        return None
    first = next(iter(value))
    return first, {k: v for k, v in value.items() if k != first}
