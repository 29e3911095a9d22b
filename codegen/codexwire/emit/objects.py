"""What an object type has: properties of its own, and those that stand elsewhere for it."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from codexwire.model.read import Types
from codexwire.model.types import All, Anything, Map, Never, Object, Type, Union, is_null

__all__ = [
    "given_names",
    "is_map",
    "only_key",
    "own_object",
    "own_unions",
    "with_alternatives",
    "with_beside",
    "with_object",
]


def own_object(found: Type) -> Object | None:
    """Return the object that a type is, whatever it must be besides; None when it is none.

    What says nothing about JSON types is an object by its properties.
    """
    if isinstance(found, All):
        own = [own_object(part) for part in found.members if part.path == found.path]
        return next((part for part in own if part is not None), None)
    if isinstance(found, Object) and (found.properties or not found.others):
        return found
    return None


def own_unions(found: Type) -> list[Union]:
    """Return the unions one of whose branches a type must fit."""
    parts = found.members if isinstance(found, All) else (found,)
    return [p for p in parts if isinstance(p, Union) and not p.by_kind]


def is_map(found: Object) -> bool:
    """Whether an object has keys that are data."""
    return isinstance(found, Map) and not isinstance(found.rest, None | Anything | Never)


def given_names(properties: Mapping[str, Type]) -> dict[str, str]:
    """Return the field names that the schema states (`x-python-name`)."""
    return {p: t.facts.python_name for p, t in properties.items() if t.facts.python_name}


def with_beside(beside: Mapping[str, Type], required: tuple[str, ...], found: Object) -> Object:
    """Return an object of a union with the properties that stand beside the union."""
    properties = {**beside, **found.properties}
    return replace(found, properties=properties, required=(*required, *found.required))


def with_alternatives(types: Types, found: Type) -> tuple[dict[str, Type], set[str]]:
    """Return the properties and required names of an object.

    Where it must also fit one of several objects, their properties are all there and none is
    required unless each of them requires it.
    """
    own = own_object(found)
    properties = dict(own.properties) if own else {}
    required = set(own.required) if own else set()
    for union in own_unions(found):
        branches = [types.resolve(branch) for branch in union.branches if not is_null(branch)]
        objects = [own_object(branch) for branch in branches]
        for branch in objects:
            properties |= {
                key: inner
                for key, inner in (branch.properties if branch else {}).items()
                if key not in properties
            }
        if objects:
            required |= set.intersection(*(set(b.required if b else ()) for b in objects))
    return properties, required


def with_object(found: Type, own: Object) -> Type:
    """Return a type with another object for the one that it has of its own."""
    if not isinstance(found, All):
        return own
    first = own_object(found)
    return replace(found, members=tuple(own if p is first else p for p in found.members))


def only_key(found: Type) -> str | None:
    """Return the one key of an object, which a later release will give siblings."""
    keys = list(found.properties) if isinstance(found, Object) else []
    own = isinstance(found, Object) and len(keys) == 1 and list(found.required) == keys
    return keys[0] if own else None
