"""Schemas of later JSON Schema drafts, read as the draft-07 that codex publishes today.

2019-09 and 2020-12 spell some keywords differently; `as_draft_07` spells them as draft-07 does, with the
same meaning. What draft-07 cannot say stays as it is written, a keyword that is not known to it. A draft
that is not known is read as draft-07, which is a hole.
"""

from __future__ import annotations

from typing import Any

from codexwire.ir.hole import Hole, HoleKind
from codexwire.ir.keywords import ANNOTATIONS

__all__ = ["MAPS", "VALUES", "as_draft_07"]

_SAME = frozenset({"draft-06/schema", "draft-07/schema"})
_LATER = frozenset({"draft/2019-09/schema", "draft/2020-12/schema"})
_HOST = "json-schema.org/"

# Keywords whose values are no schemas: what stands in them is left alone.
VALUES = frozenset({"const", "default", "enum", "examples"})
MAPS = frozenset({"properties", "patternProperties", "definitions", "$defs", "dependentSchemas"})


def as_draft_07(value: dict[str, Any]) -> tuple[dict[str, Any], tuple[Hole, ...]]:
    """Return the document in draft-07, and a hole where its draft is not known."""
    stated = value.get("$schema")
    draft = str(stated).rstrip("#").partition(_HOST)[2]
    if stated is None or draft in _SAME:
        return value, ()
    if draft in _LATER:
        translated: dict[str, Any] = _node({k: v for k, v in value.items() if k != "$schema"})
        return translated, ()
    text = f"the draft {stated!r} is not known: it is read as draft-07"
    return value, (Hole(HoleKind.KEYWORD, "$schema", "$schema", text),)


def _node(node: Any) -> Any:
    """Return a schema, or a list of schemas, in the keywords of draft-07."""
    if isinstance(node, list):
        return [_node(part) for part in node]
    if not isinstance(node, dict):
        return node
    made: dict[str, Any] = {}
    for keyword, value in node.items():
        if keyword in MAPS and isinstance(value, dict):
            made[keyword] = {key: _node(part) for key, part in value.items()}
        else:
            made[keyword] = value if keyword in VALUES else _node(value)
    return _ref(_dependencies(_tuple(_definitions(made))))


def _definitions(node: dict[str, Any]) -> dict[str, Any]:
    if isinstance(node.get("$defs"), dict):
        moved = {**node.pop("$defs"), **node.get("definitions", {})}
        node["definitions"] = moved
    if isinstance(node.get("$anchor"), str) and "$id" not in node:
        node["$id"] = f"#{node.pop('$anchor')}"
    if isinstance(node.get("$ref"), str):
        node["$ref"] = node["$ref"].replace("/$defs/", "/definitions/")
    return node


def _tuple(node: dict[str, Any]) -> dict[str, Any]:
    """`prefixItems` and `items` are `items` and `additionalItems`."""
    if isinstance(node.get("prefixItems"), list):
        rest = node.pop("items", None)
        node["items"] = node.pop("prefixItems")
        if rest is not None:
            node["additionalItems"] = rest
    return node


def _dependencies(node: dict[str, Any]) -> dict[str, Any]:
    """`dependentRequired` and `dependentSchemas` are both `dependencies`; a key in both needs both."""
    lists = node.pop("dependentRequired", None)
    schemas = node.pop("dependentSchemas", None)
    if isinstance(lists, dict) or isinstance(schemas, dict):
        found: dict[str, Any] = dict(lists or {})
        for key, schema in (schemas or {}).items():
            needed = {"required": found[key]} if key in found else True
            found[key] = schema if needed is True else {"allOf": [schema, needed]}
        node["dependencies"] = found
    return node


def _ref(node: dict[str, Any]) -> dict[str, Any]:
    """What stands beside a `$ref` counts in these drafts; draft-07 would ignore it."""
    if "$ref" in node and not node.keys() <= {"$ref", *ANNOTATIONS}:
        ref = {"$ref": node.pop("$ref")}
        node["allOf"] = [ref, *node.get("allOf", [])]
    return node
