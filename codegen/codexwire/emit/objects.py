"""What an object node of a schema has: properties of its own, and those that stand elsewhere for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from codexwire.ir.model import Protocol, Schema
from codexwire.ir.nodes import is_null, unwrap

__all__ = ["given_names", "is_map", "is_object", "with_alternatives", "with_beside"]


def is_object(node: Mapping[str, Any]) -> bool:
    """Whether a node is of objects: where it says nothing about types, by its properties."""
    kind = node.get("type")
    return kind == "object" or (kind is None and "properties" in node)


def is_map(node: Mapping[str, Any]) -> bool:
    """Whether an object has keys that are data."""
    return "properties" not in node and isinstance(node.get("additionalProperties"), dict)


def given_names(properties: Mapping[str, Schema]) -> dict[str, str]:
    """Return the field names that the schema states (`x-python-name`)."""
    found = {p: s.get("x-python-name") for p, s in properties.items() if isinstance(s, dict)}
    return {p: name for p, name in found.items() if isinstance(name, str)}


def with_beside(beside: Mapping[str, Any], branch: Mapping[str, Any]) -> dict[str, Any]:
    """Return an object of a union with the properties that stand beside the union."""
    return {
        **branch,
        "type": "object",
        "properties": {**beside.get("properties", {}), **branch.get("properties", {})},
        "required": [*beside.get("required", ()), *branch.get("required", ())],
    }


def with_alternatives(
    protocol: Protocol, node: Mapping[str, Any]
) -> tuple[dict[str, Schema], set[str]]:
    """Return the properties and required names of an object.

    Where it must also fit one of several objects, their properties are all there and none is
    required unless each of them requires it.
    """
    properties: dict[str, Schema] = dict(node.get("properties", {}))
    required = set(node.get("required", ()))
    for keyword in ("oneOf", "anyOf"):
        nodes = [protocol.resolve(unwrap(branch)) for branch in node.get(keyword, ())]
        branches = [b for b in nodes if isinstance(b, dict) and not is_null(b)]
        for branch in branches:
            properties |= {
                key: sub
                for key, sub in branch.get("properties", {}).items()
                if key not in properties
            }
        if branches:
            required |= set.intersection(*(set(b.get("required", ())) for b in branches))
    return properties, required
