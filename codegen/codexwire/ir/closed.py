"""Closes the objects of a protocol, so that validating with it finds undeclared members.

Published records do not say `additionalProperties: false`, so that a schema alone takes any member. What
stands beside a union is moved into its branches, for there the members of an object are all together.
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import Any

from codexwire.ir.keywords import ANNOTATIONS
from codexwire.ir.model import Protocol, Schema, TypeDef
from codexwire.ir.walk import transform

__all__ = ["closed", "together"]

_UNIONS = ("oneOf", "anyOf")
_PLAIN = frozenset({"type", "properties", "required", "additionalProperties"})
_MARK = "x-closed"


def closed(protocol: Protocol) -> Protocol:
    """Return the protocol with every record closed; a record that cannot be told stays open."""
    types = {
        name: TypeDef(name, _closed(protocol, typedef.schema), typedef.stability)
        for name, typedef in protocol.types.items()
    }
    return replace(protocol, types=MappingProxyType(types))


def _closed(protocol: Protocol, schema: Schema) -> Schema:
    return transform(schema, lambda _, node: _close(protocol, node))


def _close(protocol: Protocol, node: Schema) -> Schema:
    """Return a node closed, whose subschemas are closed already."""
    if not isinstance(node, dict) or "properties" not in node:
        return node
    word = next((word for word in _UNIONS if word in node), None)
    if word is not None:
        return _spread(protocol, node, word)
    if "additionalProperties" in node:
        return node
    return {**node, "additionalProperties": False, _MARK: True}


def _spread(protocol: Protocol, node: dict[str, Any], word: str) -> Schema:
    """Return a union whose branches have what stands beside it."""
    beside = {key: value for key, value in node.items() if key != word}
    branches = []
    for branch in node[word]:
        own = branch
        if isinstance(branch, dict) and "$ref" in branch:
            own = _closed(protocol, protocol.resolve(branch))
        inner = next((w for w in _UNIONS if isinstance(own, dict) and w in own), None)
        if inner is not None and isinstance(own, dict) and "properties" not in own:
            own = {**own, inner: [together(beside, sub) for sub in own[inner]]}
            found: Schema | None = own if None not in own[inner] else None
        else:
            found = together(beside, own)
        if found is None:  # its members are not all known here: nothing may be closed
            return {**node, word: [*map(_reopened, node[word])]}
        branches.append(found)
    return {word: branches}


def _reopened(branch: Schema) -> Schema:
    if isinstance(branch, dict) and _MARK in branch:
        return {k: v for k, v in branch.items() if k not in (_MARK, "additionalProperties")}
    return branch


def together(beside: Schema, branch: Schema) -> dict[str, Any] | None:
    """Return the object that fits both of two plain ones.

    None where one of them is no plain object, or both say something of one member.
    """
    if not isinstance(beside, dict) or not isinstance(branch, dict):
        return None
    if not (_is_plain(beside) and _is_plain(branch) and "properties" in branch):
        return None
    shared, own = beside.get("properties", {}), branch["properties"]
    kinds = {beside.get("type", "object"), branch.get("type", "object")}
    if kinds != {"object"} or any(own.get(name, sub) != sub for name, sub in shared.items()):
        return None
    required = dict.fromkeys((*beside.get("required", ()), *branch.get("required", ())))
    return {**branch, "type": "object", "properties": {**shared, **own}, "required": [*required]}


def _is_plain(node: dict[str, Any]) -> bool:
    """Whether a node says nothing but which members an object has; others it may have, or not by our mark."""
    if "additionalProperties" in node and _MARK not in node:
        return False
    return all(k in _PLAIN or k in ANNOTATIONS or k.startswith("x-") for k in node)
