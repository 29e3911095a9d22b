"""Which kinds of value a schema node can accept, read from its text for `wire.explain` alone."""

from __future__ import annotations

from collections.abc import Iterable

from codexwire.ir.model import Protocol, Schema, full_name
from codexwire.ir.nodes import json_types
from codexwire.model.kinds import ALL_KINDS, TYPE_KINDS, json_kind

__all__ = ["kinds_of"]

Known = dict[str, frozenset[str]]


def kinds_of(protocol: Protocol, schema: Schema, known: Known | None = None) -> frozenset[str]:
    """Return a superset of the kinds of value that a node accepts.

    A type inside itself counts as everything. `known` holds the types that were looked at already.
    """
    known = {} if known is None else known
    if isinstance(schema, bool):
        return ALL_KINDS if schema else frozenset()
    if "$ref" in schema:
        name = full_name(schema["$ref"])
        if name not in known:
            known[name] = ALL_KINDS
            known[name] = kinds_of(protocol, protocol.types[name].schema, known)
        return known[name]
    found = ALL_KINDS
    if types := json_types(schema):
        found &= _union(TYPE_KINDS[t] for t in types)
    if "enum" in schema:
        found &= frozenset(json_kind(v) for v in schema["enum"])
    if "const" in schema:
        found &= {json_kind(schema["const"])}
    for part in schema.get("allOf", ()):
        found &= kinds_of(protocol, part, known)
    for keyword in ("anyOf", "oneOf"):
        if keyword in schema:
            found &= _union(kinds_of(protocol, b, known) for b in schema[keyword])
    return found


def _union(parts: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*parts)
