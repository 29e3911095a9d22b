"""Edits that several rules make: point references elsewhere, add definitions, add methods."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from codexwire.direction import Stability
from codexwire.ir.dangling import dangling
from codexwire.ir.model import MessageUnion, Method, Protocol, Schema, TypeDef, full_name, ref_to
from codexwire.ir.walk import transform
from codexwire.location import JsonPath

__all__ = [
    "add_methods",
    "add_types",
    "dangling_names",
    "data_beside",
    "map_schemas",
    "method_branch",
    "point_to",
    "retarget",
]


def data_beside(module_file: str) -> dict[str, Any]:
    """Return the JSON object that lies beside a rule's module, under the same stem."""
    data: dict[str, Any] = json.loads(Path(module_file).with_suffix(".json").read_text("utf-8"))
    return data


def point_to(schema: Schema, names: Mapping[str, str]) -> Schema:
    """Return the node with every `$ref` to a key of `names` pointing to its value instead."""

    def change(_: object, node: Schema) -> Schema:
        if not isinstance(node, dict) or "$ref" not in node:
            return node
        name = full_name(node["$ref"])
        return {**node, **ref_to(names[name])} if name in names else node

    return transform(schema, change)


def map_schemas(protocol: Protocol, change: Callable[[str, JsonPath, Schema], Schema]) -> Protocol:
    """Return the protocol with `change(owner, path, node)` applied to every node, children first.

    `owner` is the type's full name or the message's label (`client request turn/start`). The same
    protocol comes back when nothing changed.
    """

    def within(owner: str, schema: Schema) -> Schema:
        return transform(schema, lambda path, node: change(owner, path, node))

    types = {}
    for name, typedef in protocol.types.items():
        schema = within(name, typedef.schema)
        if schema is not typedef.schema:
            types[name] = replace(typedef, schema=schema)
    methods = []
    for method in protocol.methods:
        branch = within(method.label, method.branch)
        assert isinstance(branch, dict)
        methods.append(method if branch is method.branch else replace(method, branch=branch))
    if not types and all(new is old for new, old in zip(methods, protocol.methods, strict=True)):
        return protocol
    return replace(protocol.with_types(types), methods=tuple(methods))


def retarget(protocol: Protocol, names: Mapping[str, str]) -> Protocol:
    """Return the protocol with X renamed to `names[X]` in types, messages and results.

    The types that nobody uses any more stay where they are.
    """
    types = {}
    for name, typedef in protocol.types.items():
        schema = point_to(typedef.schema, names)
        if schema is not typedef.schema:
            types[name] = replace(typedef, schema=schema)
    methods = tuple(_retarget_method(m, names) for m in protocol.methods)
    return replace(protocol.with_types(types) if types else protocol, methods=methods)


def _retarget_method(method: Method, names: Mapping[str, str]) -> Method:
    branch = point_to(method.branch, names)
    result = names.get(method.result, method.result) if method.result else method.result
    if branch is method.branch and result == method.result:
        return method
    assert isinstance(branch, dict)
    return replace(method, branch=branch, result=result)


def add_types(protocol: Protocol, schemas: Mapping[str, Schema], stability: Stability) -> Protocol:
    """Return the protocol with the definitions that it does not have yet."""
    missing = {
        name: TypeDef(name, schema, stability)
        for name, schema in schemas.items()
        if name not in protocol.types
    }
    return protocol.with_types(missing) if missing else protocol


def add_methods(protocol: Protocol, methods: tuple[Method, ...]) -> Protocol:
    """Return the protocol with the methods whose sender, kind and name it does not have yet."""
    known = {(m.sender, m.kind, m.name) for m in protocol.methods}
    new = tuple(m for m in methods if (m.sender, m.kind, m.name) not in known)
    return replace(protocol, methods=(*protocol.methods, *new)) if new else protocol


def method_branch(
    protocol: Protocol, table: MessageUnion, name: str, params: Schema | None
) -> dict[str, Any]:
    """Return a union branch for a method, with the `id` property that its neighbours have."""
    properties: dict[str, Any] = {}
    required = ["method"]
    neighbour = next(iter(protocol.table(table.sender, table.kind)), None)
    if neighbour is not None and "id" in neighbour.branch["properties"]:
        properties["id"] = neighbour.branch["properties"]["id"]
        required.insert(0, "id")
    properties["method"] = {"enum": [name], "type": "string"}
    if params is not None:
        properties["params"] = params
        if params != {"type": "null"}:
            required.append("params")
    return {"properties": properties, "required": required, "type": "object"}


def dangling_names(protocol: Protocol) -> set[str]:
    """Return the full names that are referred to and not defined."""
    return {full_name(found.ref) for found in dangling(protocol) if isinstance(found.ref, str)}
