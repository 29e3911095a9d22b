"""Simplifies a protocol to the few forms that the model emitter knows, before types get names.

Whatever JSON Schema can say besides becomes one of them, or something wider: models may admit more than
validators, and keep all that comes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from codexwire.ir.model import Method, Protocol, Schema, TypeDef, full_name, ref_to
from codexwire.ir.names import pascal, second_name
from codexwire.ir.nodes import is_null, split_nullable
from codexwire.ir.walk import transform

__all__ = ["prepared"]

_ALTERNATIVES = ("oneOf", "anyOf")


def prepared(protocol: Protocol) -> Protocol:
    """Return the protocol with plain shapes only, and a named type for the params of every method.

    Plain: no `allOf`, one schema for all items of an array and one for all further properties of an
    object, alternatives of two or more branches.
    """
    protocol = _with_named_params(protocol)
    types = {n: replace(t, schema=_plain(protocol, t.schema)) for n, t in protocol.types.items()}
    methods = tuple(replace(m, branch=_plain(protocol, m.branch)) for m in protocol.methods)
    return replace(protocol, types=MappingProxyType(types), methods=methods)


def _with_named_params(protocol: Protocol) -> Protocol:
    types, spaces = dict(protocol.types), protocol.namespaces
    methods = []
    for method in protocol.methods:
        inner, nullable = split_nullable(True if method.params is None else method.params)
        if method.params is None or method.params_type or _is_nothing(inner):
            methods.append(method)
            continue
        name = spaces.full(spaces.newest, f"{pascal(method.name)}Params")
        name = second_name(name, f"{method.sender} {method.name}") if name in types else name
        types[name] = TypeDef(name, inner, method.stability)
        methods.append(_with_params(method, ref_to(name), nullable))
    return replace(protocol, types=MappingProxyType(types), methods=tuple(methods))


def _is_nothing(params: Schema) -> bool:
    """Whether params are null or an object without any property."""
    if not isinstance(params, dict):
        return False
    closed = params.get("additionalProperties") is False
    return is_null(params) or (closed and not params.get("properties"))


def _with_params(method: Method, params: dict[str, Any], nullable: bool) -> Method:
    schema = {"anyOf": [params, {"type": "null"}]} if nullable else params
    properties = {**method.branch["properties"], "params": schema}
    return replace(method, branch={**method.branch, "properties": properties})


def _plain(protocol: Protocol, schema: Schema) -> Any:
    def change(_: object, node: Schema) -> Schema:
        if not isinstance(node, dict) or "$ref" in node:
            return node
        if "allOf" in node and (len(node["allOf"]) != 1 or _asserts(node)):
            node = _merged(protocol, node)
        return _single_alternative(protocol, _one_schema(node))

    return transform(schema, change)


def _one_schema(node: dict[str, Any]) -> dict[str, Any]:
    """Return the node with one schema for all items, and one for all further properties."""
    if isinstance(node.get("type"), list) and len(node["type"]) == 1:
        node = {**node, "type": node["type"][0]}
    if isinstance(node.get("items"), list):
        rest = [] if _is_full(node) else [node.get("additionalItems", True)]
        node = {**node, "items": _any_of([*node["items"], *rest])}
    if node.get("patternProperties"):
        more = [node.get("additionalProperties", True)]
        values = [*node["patternProperties"].values(), *(m for m in more if m is not False)]
        node = {**node, "additionalProperties": _any_of(values)}
    return node


def _is_full(node: dict[str, Any]) -> bool:
    """Whether an array can have no items besides the listed ones."""
    return node.get("additionalItems") is False or node.get("maxItems") == len(node["items"])


def _any_of(schemas: list[Schema]) -> Schema:
    distinct: list[Schema] = []
    for schema in schemas:
        if schema is True or schema == {}:
            return True
        if schema not in distinct:
            distinct.append(schema)
    return distinct[0] if len(distinct) == 1 else {"anyOf": distinct}


def _single_alternative(protocol: Protocol, node: dict[str, Any]) -> Schema:
    """Return the node without a union of one branch, unless more branches may come to that.

    A branch with one key, or with a tag, belongs to a union that is told apart by those.
    """
    for keyword in _ALTERNATIVES:
        branches = node.get(keyword)
        if not isinstance(branches, list) or len(branches) > 1 or "properties" in node:
            continue
        rest = {k: v for k, v in node.items() if k != keyword}
        if not branches:
            return rest
        branch = branches[0]
        if not (isinstance(branch, dict) and branch.get("required") and branch.get("properties")):
            only = {**rest, "allOf": [branch]}
            return _merged(protocol, only) if _asserts(rest) else only
    return node


def _asserts(node: dict[str, Any]) -> bool:
    """Whether anything but `allOf` and annotations stands in a node."""
    return any(key in _MEETS or key in _KEPT or key in _ALTERNATIVES for key in node)


def _merged(protocol: Protocol, node: dict[str, Any]) -> dict[str, Any]:
    """Return one node for an object that must fit all of several schemas; annotations are its own."""
    rest = {key: value for key, value in node.items() if key != "allOf"}
    found: dict[str, Any] = {}
    for part in _parts(protocol, rest | {"allOf": node["allOf"]}, frozenset()):
        found = _both(found, part)
    return {**found, **{key: value for key, value in rest.items() if key not in found}}


def _parts(protocol: Protocol, schema: Schema, seen: frozenset[str]) -> Iterator[dict[str, Any]]:
    """Yield the nodes that a value must fit, references followed and nested `allOf`s opened."""
    while isinstance(schema, dict) and "$ref" in schema:
        name = full_name(schema["$ref"])
        if name in seen:
            return
        seen |= {name}
        schema = protocol.types[name].schema
    if not isinstance(schema, dict):
        return
    for part in schema.get("allOf", ()):
        yield from _parts(protocol, part, seen)
    yield {k: v for k, v in schema.items() if k in _MEETS or k in _ALTERNATIVES or k in _KEPT}


def _both(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Return a node that admits what both admit, or more."""
    found = dict(one)
    for key, value in other.items():
        if key in _ALTERNATIVES:
            free = next((k for k in (key, *_ALTERNATIVES) if k not in found), None)
            if free is not None:  # the models may tell fewer values apart than both
                found[free] = value
        elif key in found and key in _MEETS:
            found[key] = _MEETS[key](found[key], value)
        else:
            found[key] = value
    return found


def _narrower(one: Any, other: Any) -> Any:
    """Return the schema that says more; what fits both fits either."""
    return max((one, other), key=_how_much)


def _how_much(schema: Any) -> int:
    if not isinstance(schema, dict):
        return 2 if schema is False else 0
    if "enum" in schema or "const" in schema:
        return 4
    return 3 if "$ref" in schema else min(len(schema), 1)


def _all_properties(one: dict[str, Schema], other: dict[str, Schema]) -> dict[str, Schema]:
    return {**one, **{k: _narrower(one.get(k, True), value) for k, value in other.items()}}


def _common(one: list[Any], other: list[Any]) -> list[Any]:
    """Return the values that both lists have; those of one when there are none."""
    return [value for value in one if value in other] or one


def _common_types(one: Any, other: Any) -> Any:
    ones, others = ([kind] if isinstance(kind, str) else kind for kind in (one, other))
    if "integer" in ones and "number" in others:
        others = [*others, "integer"]
    elif "number" in ones and "integer" in others:
        ones = [*ones, "integer"]
    found = _common(ones, others)
    return found[0] if len(found) == 1 else found


_MEETS = {
    "additionalProperties": _narrower,
    "enum": _common,
    "items": _narrower,
    "patternProperties": _all_properties,
    "properties": _all_properties,
    "required": lambda one, other: list(dict.fromkeys([*one, *other])),
    "type": _common_types,
}
_KEPT = ("additionalItems", "const", "format", "maxItems", "minLength", "minimum")
