"""Turns what rules leave unknown into holes: references to no type, requests with an unknown result.

A reference to nothing becomes a node that takes any JSON, marked `x-undefined: NAME`. Where one stands
in a branch of a `oneOf`, the branches may overlap now although the real ones do not, so such a `oneOf`
asks for at least one instead; a `not` with one in it asks for nothing. The schema then accepts all that
the complete one would accept.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from codexwire.direction import Kind
from codexwire.ir.dangling import dangling
from codexwire.ir.edit import map_schemas
from codexwire.ir.hole import Hole, HoleKind
from codexwire.ir.keywords import unknown_keywords
from codexwire.ir.model import Protocol, Schema, full_name
from codexwire.ir.nodes import union_of
from codexwire.ir.walk import references, subschemas, transform
from codexwire.location import join_pointer

__all__ = ["UNKNOWN", "fill_references", "state_keywords", "state_results"]

UNKNOWN = "unknown"
"""How the result of a request was found when it was not found."""

_REFERRING = frozenset({"$ref", "allOf", "anyOf", "oneOf", "not"})


def fill_references(protocol: Protocol) -> Protocol:
    """Return the protocol in which no reference points to nothing; each that did is a hole."""
    found = tuple(dangling(protocol))
    if not found:
        return protocol
    holes = {
        Hole(
            HoleKind.REFERENCE,
            f"{d.owner}#{join_pointer(d.path[:-1])}",
            full_name(str(d.ref)),
            f"{full_name(str(d.ref))} is not defined: any JSON is accepted there",
        )
        for d in found
    }
    filled = map_schemas(protocol, lambda _owner, _path, node: _filled(protocol, node))
    envelope = {
        union: {
            key: transform(node, lambda _, n: _filled(protocol, n)) for key, node in beside.items()
        }
        for union, beside in protocol.envelope.items()
    }
    touched = _touched(filled)
    opened = map_schemas(filled, lambda _owner, _path, node: _opened(filled, touched, node))
    return replace(opened, envelope=envelope, holes=(*protocol.holes, *sorted(holes)))


def _filled(protocol: Protocol, node: Schema) -> Schema:
    if not isinstance(node, dict) or "$ref" not in node:
        return node
    name = node["$ref"]
    if isinstance(name, str) and full_name(name) in protocol.types:
        return node
    kept = {key: value for key, value in node.items() if key not in _REFERRING}
    return {**kept, "x-undefined": full_name(str(name))}


def _touched(protocol: Protocol) -> frozenset[str]:
    """Return the types in which something undefined lies, directly or behind references."""
    users: dict[str, list[str]] = {}
    for name, typedef in protocol.types.items():
        for target in references(typedef.schema):
            users.setdefault(target, []).append(name)
    waiting = [n for n, t in protocol.types.items() if _has_undefined(t.schema)]
    found = set(waiting)
    while waiting:
        new = [user for user in users.get(waiting.pop(), ()) if user not in found]
        found.update(new)
        waiting += new
    return frozenset(found)


def _has_undefined(schema: Schema) -> bool:
    return any(isinstance(node, dict) and "x-undefined" in node for _, node in subschemas(schema))


def _opened(protocol: Protocol, touched: frozenset[str], node: Schema) -> Schema:
    if not isinstance(node, dict):
        return node

    def unsure(parts: Iterable[Schema]) -> bool:
        return any(_has_undefined(p) or touched.intersection(references(p)) for p in parts)

    if "not" in node and unsure([node["not"]]):
        node = {key: value for key, value in node.items() if key != "not"}
    if "oneOf" in node and unsure(node["oneOf"]) and not _told_apart(protocol, node):
        rest = {key: value for key, value in node.items() if key != "oneOf"}
        branches = node["oneOf"]
        node = {**rest, "anyOf": branches} if "anyOf" not in rest else rest
    return node


def _told_apart(protocol: Protocol, node: dict[str, Any]) -> bool:
    """Whether a tag tells the branches apart, so that they cannot overlap whatever else they hold."""
    union = union_of(protocol, node)
    return union is not None and union.tag not in (None, "")


def state_results(protocol: Protocol) -> Protocol:
    """Return the protocol in which every request says how its result was found; unknown ones are holes."""
    methods = tuple(
        replace(m, result_by=UNKNOWN) if m.kind is Kind.REQUEST and m.result is None else m
        for m in protocol.methods
    )
    holes = tuple(
        Hole(
            HoleKind.RESULT,
            m.label,
            m.name,
            f"the response type of the {m.sender}'s request {m.name} is not known: "
            "any JSON is accepted there",
        )
        for m in methods
        if m.result_by == UNKNOWN
    )
    return (
        replace(protocol, methods=methods, holes=(*protocol.holes, *holes)) if holes else protocol
    )


def state_keywords(protocol: Protocol) -> Protocol:
    """Return the protocol with a hole for each keyword that is not checked."""
    holes = tuple(unknown_keywords(protocol))
    return replace(protocol, holes=(*protocol.holes, *holes)) if holes else protocol
