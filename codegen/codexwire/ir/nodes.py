"""What a JSON Schema node is: nullable wrappers, enums, unions and their tags."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from codexwire.direction import Stability
from codexwire.ir.keywords import ANNOTATIONS
from codexwire.ir.model import Protocol, Schema, full_name

__all__ = [
    "TAG_PRIORITY",
    "UnionNode",
    "Variant",
    "enum_values",
    "is_catch_all",
    "is_experimental",
    "is_null",
    "json_types",
    "ref_name",
    "split_nullable",
    "union_of",
    "unwrap",
]

TAG_PRIORITY = ("method", "type", "kind", "mode", "status", "op", "action")


def json_types(node: dict[str, Any]) -> tuple[str, ...]:
    """Return the `type` keyword of a node as a tuple; empty when it has none."""
    found = node.get("type", ())
    return (found,) if isinstance(found, str) else tuple(found)


def is_null(schema: Schema) -> bool:
    """Whether a node admits null and nothing else."""
    return isinstance(schema, dict) and schema.get("type") == "null"


def is_experimental(node: object) -> bool:
    """Whether a node is marked as one that only the experimental schema has."""
    return isinstance(node, dict) and node.get("x-stability") == Stability.EXPERIMENTAL


def unwrap(schema: Schema) -> Schema:
    """Return the node inside an `allOf` of one that has only annotations beside it."""
    while isinstance(schema, dict):
        inner = schema.get("allOf")
        if not (isinstance(inner, list) and len(inner) == 1) or _asserting(schema) != {"allOf"}:
            return schema
        schema = inner[0]
    return schema


def split_nullable(schema: Schema) -> tuple[Schema, bool]:
    """Return the node without its null alternative, and whether it had one.

    Understands `type: [T, "null"]`, null as a value of an `enum`, and `anyOf`/`oneOf` with a null branch;
    does not follow `$ref`s.
    """
    schema = unwrap(schema)
    if not isinstance(schema, dict):
        return schema, False
    kind, values = schema.get("type"), schema.get("enum")
    if isinstance(kind, list) and "null" in kind:
        rest = [k for k in kind if k != "null"]
        node = {**schema, "type": rest[0] if len(rest) == 1 else rest}
        return (node, True) if values is None else (_without_null(node), None in values)
    if isinstance(values, list) and None in values and len(values) > 1 and kind is None:
        return _without_null(schema), True
    for keyword in ("anyOf", "oneOf"):
        branches = schema.get(keyword)
        if isinstance(branches, list) and any(is_null(b) for b in branches):
            rest = [b for b in branches if not is_null(b)]
            if len(rest) == 1 and _asserting(schema) == {keyword}:
                return unwrap(rest[0]), True
            return {**schema, keyword: rest}, True
    return schema, False


def _without_null(enum: dict[str, Any]) -> dict[str, Any]:
    return {**enum, "enum": [value for value in enum["enum"] if value is not None]}


def _asserting(schema: dict[str, Any]) -> set[str]:
    return {k for k in schema if k not in ANNOTATIONS and not k.startswith("x-")}


def enum_values(schema: Schema) -> tuple[Any, ...] | None:
    """Return the values of a string enum, also of one written as `oneOf` of enums; else None."""
    if not isinstance(schema, dict):
        return None
    if "enum" in schema:
        return tuple(schema["enum"])
    if "const" in schema:
        return (schema["const"],)
    for keyword in ("oneOf", "anyOf"):
        branches = schema.get(keyword)
        if isinstance(branches, list) and branches and _asserting(schema) <= {keyword, "type"}:
            found = [enum_values(b) for b in branches]
            if all(f is not None for f in found):
                return tuple(v for f in found if f for v in f)
    return None


def _single_values(protocol: Protocol, schema: Schema) -> dict[str, Any]:
    """Return the required properties of an object node that admit exactly one scalar."""
    schema = unwrap(protocol.resolve(unwrap(schema)))
    if not isinstance(schema, dict):
        return {}
    required = schema.get("required", ())
    found: dict[str, Any] = {}
    for key, node in schema.get("properties", {}).items():
        values = enum_values(protocol.resolve(unwrap(node))) if key in required else None
        if values is not None and len(values) == 1 and not isinstance(values[0], (list, dict)):
            found[key] = values[0]
    return found


class Variant(Struct, frozen=True):
    """One branch of a union: its index, its node, and the tag value that selects it (or None)."""

    index: int
    schema: Schema
    tag: Any = None


class UnionNode(Struct, frozen=True):
    """A union of two or more non-null branches.

    `tag` is the property that selects a branch, the empty string when branches are externally tagged
    (one single-keyed object each, beside plain strings), None when nothing tells them apart.
    """

    keyword: str
    tag: str | None
    variants: tuple[Variant, ...]
    nullable: bool = False


def union_of(protocol: Protocol, schema: Schema) -> UnionNode | None:
    """Return the union that a node is, or None when it is none (or a plain enum)."""
    if not isinstance(schema, dict) or enum_values(schema) is not None:
        return None
    for keyword in ("oneOf", "anyOf"):
        branches = schema.get(keyword)
        if isinstance(branches, list):
            break
    else:
        return None
    rest = [(i, b) for i, b in enumerate(branches) if not is_null(b)]
    if len(rest) < 2 and not (len(rest) == 1 and _single_values(protocol, rest[0][1])):
        return None
    nullable = len(rest) < len(branches)
    tag, tags = _tags(protocol, [b for _, b in rest])
    variants = tuple(Variant(i, b, t) for (i, b), t in zip(rest, tags, strict=True))
    return UnionNode(keyword, tag, variants, nullable)


def _tags(protocol: Protocol, branches: Sequence[Schema]) -> tuple[str | None, list[Any]]:
    singles = [_single_values(protocol, b) for b in branches]
    common = set(singles[0]).intersection(*singles[1:])
    ordered = [t for t in TAG_PRIORITY if t in common] + sorted(common - set(TAG_PRIORITY))
    for tag in ordered:
        values = [s[tag] for s in singles]
        if len(set(values)) == len(values):
            return tag, values
    keys = [_external_key(protocol, b) for b in branches]
    if any(keys) and all(
        key or enum_values(protocol.resolve(b)) is not None or is_catch_all(b)
        for key, b in zip(keys, branches, strict=True)
    ):
        return "", keys
    return None, [None] * len(branches)


def _external_key(protocol: Protocol, schema: Schema) -> str | None:
    schema = protocol.resolve(schema)
    if not isinstance(schema, dict) or schema.get("type") != "object":
        return None
    required = schema.get("required", [])
    if len(required) == 1 and list(schema.get("properties", {})) == required:
        return str(required[0])
    return None


def is_catch_all(schema: Schema) -> bool:
    """Whether a branch takes any string or any object."""
    if isinstance(schema, bool):
        return schema
    kinds = schema.get("type")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    return _asserting(schema) <= {"type"} and bool({"string", "object", None} & set(kinds))


def ref_name(schema: Schema) -> str | None:
    """Return the full name that a bare (or annotated) reference points to, else None."""
    schema = unwrap(schema)
    if isinstance(schema, dict) and "$ref" in schema:
        return full_name(schema["$ref"])
    return None
