"""Completes a protocol so that every schema can be judged: what cannot be known accepts any value."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any

from codexwire.ir.keywords import schema_roots, unchecked_patterns
from codexwire.ir.model import Method, Protocol, Schema, TypeDef, full_name, ref_to
from codexwire.ir.places import is_settled, with_places
from codexwire.ir.walk import nodes, subschemas, transform
from codexwire.ir.wellformed import endless
from codexwire.location import JsonPath, join_pointer

__all__ = ["AT_LEAST_ONE", "complete", "standard"]

AT_LEAST_ONE = "x-at-least-one"
"""Marks a `oneOf` with a branch that accepts too much: that two branches fit says nothing there."""


def complete(protocol: Protocol) -> tuple[Protocol, tuple[str, ...]]:
    """Return the protocol with a type for every reference, and the names of types that are not known.

    Some releases publish references to nothing; they say nothing, so such a type accepts anything.
    The same holds for a reference by which a type consists of nothing but itself, whose place is the
    name. What turns "accepts anything" into a refusal (`not`, `if`, the second match of a `oneOf`) is
    not judged where it depends on such a type, or on a pattern that cannot be evaluated.
    """
    if _is_complete(protocol):
        return protocol, ()
    protocol, missing = with_places(protocol)
    protocol, cut = _cut(protocol)
    unknown = tuple(sorted(missing | cut))
    protocol = protocol.with_types({name: TypeDef(name, True) for name in unknown})
    return _lenient(protocol, unknown), unknown


def _is_complete(protocol: Protocol) -> bool:
    """Whether there is nothing to do, as for nearly every release: seen in one walk."""
    every = (node for _, schema in schema_roots(protocol) for node in nodes(schema))
    return (
        all(is_settled(protocol, node) and not any(unchecked_patterns(node)) for node in every)
        and endless({name: t.schema for name, t in protocol.types.items()}) is None
    )


def standard(part: Any) -> Any:
    """Return a part of a completed protocol's document in draft-07's own words: without the mark of ours."""
    if isinstance(part, list):
        return [*map(standard, part)]
    if not isinstance(part, dict):
        return part
    words = {"oneOf": "anyOf"} if AT_LEAST_ONE in part else {}
    return {words.get(k, k): standard(v) for k, v in part.items() if k != AT_LEAST_ONE}


def _cut(protocol: Protocol) -> tuple[Protocol, set[str]]:
    """Replace references by which types consist of nothing but themselves with such to unknown types."""
    unknown: set[str] = set()
    while circle := endless({name: t.schema for name, t in protocol.types.items()}):
        owner, place = circle
        name = f"{owner}#{join_pointer(place)}"
        typedef = protocol.types[owner]
        cut = replace(typedef, schema=_replaced(typedef.schema, place, ref_to(name)))
        protocol = protocol.with_types({owner: cut})
        unknown.add(name)
    return protocol, unknown


def _replaced(schema: Schema, place: JsonPath, new: Schema) -> Schema:
    return transform(schema, lambda path, node: new if path == place else node)


def _lenient(protocol: Protocol, unknown: Collection[str]) -> Protocol:
    if not any(_has_holes(schema, unknown) for _, schema in schema_roots(protocol)):
        return protocol
    doubtful = _doubtful_types(protocol, unknown)
    return _mapped(protocol, lambda schema: _loosened(schema, doubtful))


def _doubtful_types(protocol: Protocol, unknown: Collection[str]) -> set[str]:
    """Return the types that may accept a value whose validity is unknown."""
    found = set(unknown)
    while more := {
        name
        for name, typedef in protocol.types.items()
        if name not in found and _has_holes(typedef.schema, found)
    }:
        found |= more
    return found


def _is_hole(node: dict[str, Any], doubtful: Collection[str]) -> bool:
    """Whether a node cannot be judged, or refers to such a type."""
    if "$ref" in node:
        return full_name(node["$ref"]) in doubtful
    return any(unchecked_patterns(node))


def _has_holes(schema: Schema, doubtful: Collection[str]) -> bool:
    return any(_is_hole(node, doubtful) for node in nodes(schema))


def _loosened(schema: Schema, doubtful: Collection[str]) -> Schema:
    above = {
        path[:end]
        for path, node in subschemas(schema)
        if isinstance(node, dict) and _is_hole(node, doubtful)
        for end in range(len(path) + 1)
    }

    def loosen(path: JsonPath, node: Schema) -> Schema:
        if path not in above or not isinstance(node, dict) or "$ref" in node:
            return node
        dropped = {word for word in ("not", "if") if (*path, word) in above}
        kept: dict[str, Any] = {word: part for word, part in node.items() if word not in dropped}
        if any((*path, "oneOf", index) in above for index in range(len(node.get("oneOf", ())))):
            kept[AT_LEAST_ONE] = True
        return kept

    return transform(schema, loosen)


def _mapped(protocol: Protocol, change: Callable[[Schema], Schema]) -> Protocol:
    """Return the protocol with every one of its schemas changed."""

    def branch(method: Method) -> Method:
        changed = change(method.branch)
        return replace(method, branch=changed) if isinstance(changed, dict) else method

    def named(schemas: Mapping[str, Schema]) -> dict[str, Schema]:
        return {key: change(schema) for key, schema in schemas.items()}

    return replace(
        protocol,
        types={name: replace(t, schema=change(t.schema)) for name, t in protocol.types.items()},
        methods=tuple(map(branch, protocol.methods)),
        envelope={union: named(properties) for union, properties in protocol.envelope.items()},
    )
