"""The one traversal of JSON Schema nodes: which keywords hold subschemas, and where."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from codexwire.ir.model import Schema, full_name
from codexwire.location import JsonPath

__all__ = ["children", "nodes", "references", "subschemas", "transform"]

_ONE = frozenset(
    {
        "additionalItems",
        "additionalProperties",
        "contains",
        "else",
        "if",
        "items",
        "not",
        "propertyNames",
        "then",
    }
)
_LIST = frozenset({"allOf", "anyOf", "items", "oneOf"})
_MAP = frozenset({"definitions", "dependencies", "patternProperties", "properties"})

_HOLDERS = _ONE | _LIST | _MAP


def children(schema: Schema) -> Iterator[tuple[JsonPath, Schema]]:
    """Yield `(path, subschema)` for the direct subschemas of a node."""
    if not isinstance(schema, dict):
        return
    for keyword, value in schema.items():
        if keyword not in _HOLDERS:
            continue
        if keyword in _MAP and isinstance(value, dict):
            for key, sub in value.items():
                if not isinstance(sub, list):  # a dependency may be a list of names
                    yield (keyword, key), sub
        elif keyword in _LIST and isinstance(value, list):
            for index, sub in enumerate(value):
                yield (keyword, index), sub
        elif keyword in _ONE and isinstance(value, (dict, bool)):
            yield (keyword,), value


def subschemas(schema: Schema) -> Iterator[tuple[JsonPath, Schema]]:
    """Yield `(path, node)` for the node itself and everything below it, parents first."""
    waiting: list[tuple[JsonPath, Schema]] = [((), schema)]
    while waiting:
        at, node = waiting.pop()
        yield at, node
        if isinstance(node, dict) and not _HOLDERS.isdisjoint(node):
            waiting += [(at + step, sub) for step, sub in children(node)][::-1]


def nodes(schema: Schema) -> Iterator[dict[str, Any]]:
    """Yield the objects that `subschemas` yields, without their paths: for those who need none."""
    waiting = [schema]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            yield node
            if not _HOLDERS.isdisjoint(node):
                waiting += [sub for _, sub in children(node)][::-1]


def references(schema: Schema) -> Iterator[str]:
    """Yield the full name of every `$ref` in a node, in order of appearance."""
    return (full_name(node["$ref"]) for node in nodes(schema) if "$ref" in node)


def transform(
    schema: Schema, change: Callable[[JsonPath, Schema], Schema], path: JsonPath = ()
) -> Schema:
    """Return the node with `change(path, node)` applied to every subschema, children first.

    Nodes that nothing changed come back as the same objects, so identity tells what moved.
    """
    if isinstance(schema, dict) and not _HOLDERS.isdisjoint(schema):
        replaced: dict[str, Any] | None = None
        for step, sub in children(schema):
            new = transform(sub, change, path + step)
            if new is sub:
                continue
            if replaced is None:
                replaced = dict(schema)
            if len(step) == 1:
                replaced[str(step[0])] = new
                continue
            keyword, key = str(step[0]), step[1]
            if replaced[keyword] is schema[keyword]:
                replaced[keyword] = schema[keyword].copy()
            replaced[keyword][key] = new
        schema = schema if replaced is None else replaced
    return change(path, schema)
