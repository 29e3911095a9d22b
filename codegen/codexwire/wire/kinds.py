"""Which kinds of JSON value a schema node can accept, and whether two nodes can accept the same one.

The seven kinds are disjoint: a number is an `integer` when it has no fractional part (`1.0` included)
and a `fraction` otherwise, so that `type: number` means both.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from codexwire.ir.model import Protocol, Schema, full_name

__all__ = [
    "ALL_KINDS",
    "TYPE_KINDS",
    "apart",
    "are_distinct_strings",
    "describe_kind",
    "kind_of",
    "kinds_of",
    "types_of",
]

ALL_KINDS = frozenset({"null", "boolean", "integer", "fraction", "string", "array", "object"})

TYPE_KINDS = {
    "null": frozenset({"null"}),
    "boolean": frozenset({"boolean"}),
    "integer": frozenset({"integer"}),
    "number": frozenset({"integer", "fraction"}),
    "string": frozenset({"string"}),
    "array": frozenset({"array"}),
    "object": frozenset({"object"}),
}

_KIND_OF_TYPE = {
    type(None): "null",
    bool: "boolean",
    int: "integer",
    str: "string",
    list: "array",
    dict: "object",
}


def kind_of(value: Any) -> str:
    """Return the kind of a decoded JSON value."""
    if isinstance(value, float):
        return "integer" if value.is_integer() else "fraction"
    return _KIND_OF_TYPE[type(value)]


def describe_kind(kind: str) -> str:
    """Return the JSON Schema name of a kind (`fraction` reads `number`)."""
    return "number" if kind == "fraction" else kind


def types_of(node: dict[str, Any]) -> tuple[str, ...]:
    """Return the `type` keyword of a node as a tuple; empty when it has none."""
    found = node.get("type", ())
    return (found,) if isinstance(found, str) else tuple(found)


def kinds_of(
    protocol: Protocol, schema: Schema, visiting: frozenset[str] = frozenset()
) -> frozenset[str]:
    """Return a superset of the kinds of value that a node accepts.

    Exact for nodes that only ask for types, enums and unions of them; a reference back into a type
    that is being looked at counts as everything. `visiting` holds the types on the way.
    """
    if isinstance(schema, bool):
        return ALL_KINDS if schema else frozenset()
    if "$ref" in schema:
        name = full_name(schema["$ref"])
        if name in visiting:
            return ALL_KINDS
        return kinds_of(protocol, protocol.types[name].schema, visiting | {name})
    found = ALL_KINDS
    if types := types_of(schema):
        found &= _union(TYPE_KINDS[t] for t in types)
    if "enum" in schema:
        found &= frozenset(kind_of(v) for v in schema["enum"])
    if "const" in schema:
        found &= {kind_of(schema["const"])}
    for part in schema.get("allOf", ()):
        found &= kinds_of(protocol, part, visiting)
    for keyword in ("anyOf", "oneOf"):
        if keyword in schema:
            found &= _union(kinds_of(protocol, b, visiting) for b in schema[keyword])
    return found


def _union(parts: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*parts)


def are_distinct_strings(values: Sequence[Any]) -> bool:
    """Whether all values are strings and none comes twice."""
    return all(isinstance(v, str) for v in values) and len(set(values)) == len(values)


def apart(kinds: Sequence[frozenset[str]]) -> list[list[int]]:
    """Group branches, by index, so that branches of different groups share no kind."""
    groups: list[tuple[frozenset[str], list[int]]] = []
    for index, found in enumerate(kinds):
        meeting = [g for g in groups if g[0] & found]
        groups = [g for g in groups if not g[0] & found]
        members = sorted([index, *(i for g in meeting for i in g[1])])
        groups.append((found.union(*(g[0] for g in meeting)), members))
    return [members for _, members in groups]
