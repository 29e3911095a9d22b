"""Compares types by content: through references, and whatever they are called."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from codexwire.ir.canonical import canonical_json, strip_annotations
from codexwire.ir.model import Protocol, Schema, full_name
from codexwire.ir.nodes import unwrap
from codexwire.ir.walk import references, transform

__all__ = ["content_classes"]

_UNORDERED = ("enum", "required", "type")


def content_classes(protocol: Protocol, names: Iterable[str]) -> dict[str, int]:
    """Return a number for each of `names` and of all that they refer to.

    Two types get the same number exactly when they admit the same values as far as structure tells:
    annotations and the names of referred types do not count. Recursive types are compared by
    partition refinement: classes split until every member of a class refers to the same classes.
    """
    shapes: dict[str, str] = {}
    refers: dict[str, tuple[str, ...]] = {}
    for name in _reachable(protocol, names):
        shapes[name], refers[name] = _shape(protocol.types[name].schema)
    classes = _numbered(shapes)
    while True:
        finer = _numbered(
            {n: (classes[n], tuple(classes.get(r, r) for r in refers[n])) for n in shapes}
        )
        if len(set(finer.values())) == len(set(classes.values())):
            return finer
        classes = finer


def _reachable(protocol: Protocol, names: Iterable[str]) -> Iterator[str]:
    pending, seen = list(names), set()
    while pending:
        name = pending.pop()
        if name in seen or name not in protocol.types:
            continue
        seen.add(name)
        yield name
        pending.extend(references(protocol.types[name].schema))


def _shape(schema: Schema) -> tuple[str, tuple[str, ...]]:
    """Return the node as text without the names in its references, and those names in order."""
    refers: list[str] = []

    def blank(_: object, node: Schema) -> Schema:
        node = unwrap(node)
        if not isinstance(node, dict):
            return node
        if "$ref" in node:
            if node["$ref"]:  # empty: blanked already, unwrapped from an `allOf`
                refers.append(full_name(node["$ref"]))
            return {"$ref": ""}
        return {k: sorted(v) if k in _UNORDERED and _is_text(v) else v for k, v in node.items()}

    return canonical_json(transform(_sorted(strip_annotations(schema)), blank)), tuple(refers)


def _sorted(schema: Schema) -> Schema:
    """Return the node with its properties in one order, so that references line up."""

    def order(_: object, node: Schema) -> Schema:
        if not isinstance(node, dict):
            return node
        return {
            k: dict(sorted(v.items())) if k == "properties" else v for k, v in sorted(node.items())
        }

    return transform(schema, order)


def _is_text(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(v, str) for v in value)


def _numbered(keys: dict[str, Any]) -> dict[str, int]:
    numbers: dict[Any, int] = {}
    return {name: numbers.setdefault(key, len(numbers)) for name, key in keys.items()}
