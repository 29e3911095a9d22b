"""Keywords that the comparison of shapes does not read: a change of one cannot be called harmless.

Shapes know types, values, limits, properties, items and unions. Of what else draft-07 has, it is only
told whether it is the same in both versions.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from codexwire.ir.canonical import canonical_json, strip_annotations
from codexwire.ir.model import Protocol, Schema
from codexwire.ir.nodes import enum_values, union_of
from codexwire.model.choose import kinds_of
from codexwire.model.kinds import apart
from codexwire.model.read import types_of

__all__ = ["unread"]

_UNREAD = (
    "additionalItems",
    "contains",
    "dependencies",
    "else",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "if",
    "maxProperties",
    "minProperties",
    "multipleOf",
    "not",
    "patternProperties",
    "propertyNames",
    "then",
    "uniqueItems",
)
_EXACTLY, _AT_LEAST = "exactly one", "at least one"


def unread(protocol: Protocol, schema: Schema) -> dict[str, str]:
    """Return the unread keywords of a node and of its branches → what they say, as canonical JSON.

    `oneOf` stands for how many branches a value may fit, where they may overlap.
    """
    found: dict[str, list[Any]] = {}
    for node in _own_nodes(schema):
        for keyword in _UNREAD:
            if keyword in node:
                found.setdefault(keyword, []).append(_bare(node[keyword]))
        if isinstance(node.get("items"), list):
            found.setdefault("items", []).append(_bare(node["items"]))
    counts = {_taken(protocol, node) for node in _own_nodes(schema)} - {None}
    if counts:
        found["oneOf"] = [_EXACTLY if _EXACTLY in counts else _AT_LEAST]
    return {keyword: canonical_json(values) for keyword, values in found.items()}


def _own_nodes(schema: Schema) -> Iterator[dict[str, Any]]:
    if not isinstance(schema, dict):
        return
    yield schema
    for keyword in ("allOf", "anyOf", "oneOf"):
        for branch in schema.get(keyword, ()):
            yield from _own_nodes(branch)


def _bare(value: Any) -> Any:
    """Return a keyword's value without annotations in the subschemas that it holds."""
    if isinstance(value, list):
        return [_bare(part) for part in value]
    return strip_annotations(value) if isinstance(value, dict) else value


def _taken(protocol: Protocol, node: dict[str, Any]) -> str | None:
    """Return how many branches a value may fit, for a union whose branches may overlap."""
    if enum_values(node) is not None:
        return None
    union = union_of(protocol, node)
    if union is None or union.tag:
        return None
    nodes = [protocol.resolve(variant.schema) for variant in union.variants]
    if union.tag == "" and all(map(_is_closed, nodes)):
        return None
    types = types_of(protocol)
    kinds = [kinds_of(types, types.of(variant.schema)) for variant in union.variants]
    if all(len(group) == 1 for group in apart(kinds)):
        return None
    return _EXACTLY if union.keyword == "oneOf" else _AT_LEAST


def _is_closed(schema: Schema) -> bool:
    """Whether an alternative takes no object but its own: another key tells the others apart."""
    if not isinstance(schema, dict) or "properties" not in schema:
        return True
    return schema.get("additionalProperties") is False
