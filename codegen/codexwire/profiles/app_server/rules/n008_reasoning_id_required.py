"""A raw reasoning item is published with a required `id` and sent without one.

The `id` is marked `writeOnly` in the schema: the server reads it and does not write it. The other
variants of `ResponseItem` have it optional for that reason; `reasoning` alone requires it. 0.120.0 and
later have dropped it from the schema.
"""

from __future__ import annotations

from typing import Any

from codexwire.ir.model import Protocol, Schema, TypeDef
from codexwire.ir.nodes import enum_values
from codexwire.model.normalization import Compared, Effect, NormalizationRule
from codexwire.version import VersionRange

ITEM = "ResponseItem"


def apply(protocol: Protocol, typedef: TypeDef) -> Schema | None:
    """Return the item type in which the id of a reasoning item may be missing."""
    schema = typedef.schema
    bare = protocol.namespaces.bare(typedef.name)
    if bare != ITEM or not isinstance(schema, dict) or "oneOf" not in schema:
        return None
    return {**schema, "oneOf": [_relaxed(branch) for branch in schema["oneOf"]]}


def _relaxed(branch: dict[str, Any]) -> dict[str, Any]:
    properties = branch.get("properties", {})
    is_reasoning = enum_values(properties.get("type", True)) == ("reasoning",)
    if not is_reasoning or "id" not in branch.get("required", ()):
        return branch
    return {**branch, "required": [name for name in branch["required"] if name != "id"]}


RULE = NormalizationRule(
    id="n008-reasoning-id-required",
    title="The id of a raw reasoning item is required and never sent.",
    effect=Effect.PATCH,
    compared=Compared.ALWAYS,
    versions=VersionRange.parse("..0.115.0"),
    evidence=(
        "0.58.0, 0.63.0, 0.72.0: reasoning items of a session with raw events have no id",
        "0.80.0–0.115.0: 2 reasoning items each, none with an id (recorded)",
    ),
    typedef=apply,
)
