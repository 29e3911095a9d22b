"""Defaults of the schema as Python source."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from codexwire.emit.definitions import Default, Definition, DefinitionKind
from codexwire.ir.model import Schema, full_name

__all__ = ["source_of", "with_defaults"]


def with_defaults(
    definitions: Mapping[str, Definition], stated: Mapping[tuple[str, str], Any]
) -> dict[str, Definition]:
    """Return the definitions with the `stated` defaults (by model and wire name) on their fields."""
    return {
        name: replace(
            d,
            properties=tuple(
                replace(p, default=source_of(stated[name, p.wire], p.schema, definitions))
                if (name, p.wire) in stated
                else p
                for p in d.properties
            ),
        )
        for name, d in definitions.items()
    }


def source_of(value: Any, schema: Schema, definitions: Mapping[str, Definition]) -> Default | None:
    """Return a default of a flat schema as source: a literal, an enum member, a list of those.

    None where it would take more (an object).
    """
    if value is None or isinstance(value, bool | int | float):
        return Default(repr(value))
    if isinstance(value, str):
        return _string(value, schema, definitions)
    if isinstance(value, list) and isinstance(schema, dict):
        found = [source_of(item, schema.get("items", True), definitions) for item in value]
        items = [item for item in found if item is not None]
        if len(items) == len(found):
            references = tuple(r for item in items for r in item.references)
            return Default(f"[{', '.join(item.source for item in items)}]", references)
    return None


def _string(value: str, schema: Schema, definitions: Mapping[str, Definition]) -> Default | None:
    if not isinstance(schema, dict):
        return None
    if "$ref" not in schema:
        branches = [_string(value, branch, definitions) for branch in schema.get("anyOf", ())]
        if not branches:
            return Default(json.dumps(value)) if "string" in schema.get("type", ()) else None
        return next((found for found in branches if found is not None), None)
    target = definitions[full_name(schema["$ref"])]
    if target.kind is not DefinitionKind.ENUM:
        return _string(value, target.schema, definitions)
    for member in target.members:
        if member.value == value:
            return Default(f"{target.name}.{member.name}", (target.name,))
    return None
