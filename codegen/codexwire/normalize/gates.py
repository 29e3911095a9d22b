"""Marks as experimental what a server was seen to refuse to stable clients, whatever its schema says."""

from __future__ import annotations

from dataclasses import replace

from codexwire.direction import Kind, Side, Stability
from codexwire.ir.model import Protocol, TypeDef

__all__ = ["mark_gates"]


def mark_gates(protocol: Protocol) -> Protocol:
    """Return the protocol with marks at requests and members of params that need the capability.

    What the observed profile of the release does not have keeps the mark that the schemas give it.
    """
    gated = protocol.observed.gated
    if not gated:
        return protocol
    requests = protocol.table(Side.CLIENT, Kind.REQUEST)
    types: dict[str, TypeDef] = {}
    for method in requests:
        members = {member for name, member in gated if name == method.name and member}
        typedef = protocol.types.get(method.params_type or "")
        if typedef is not None and members:
            types[typedef.name] = _marked(types.get(typedef.name, typedef), members)
    closed = {id(method) for method in requests if (method.name, "") in gated}
    methods = tuple(
        replace(m, stability=Stability.EXPERIMENTAL) if id(m) in closed else m
        for m in protocol.methods
    )
    return replace(protocol.with_types(types), methods=methods)


def _marked(typedef: TypeDef, members: set[str]) -> TypeDef:
    """Return a type with a mark at those of its properties that are among the members."""
    if not isinstance(typedef.schema, dict) or "properties" not in typedef.schema:
        return typedef
    properties = {
        name: {**node, "x-stability": "experimental"}
        if name in members and isinstance(node, dict)
        else node
        for name, node in typedef.schema["properties"].items()
    }
    return replace(typedef, schema={**typedef.schema, "properties": properties})
