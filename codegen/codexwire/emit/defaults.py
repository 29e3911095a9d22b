"""Defaults of the schema as Python source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from codexwire.emit.definitions import Default, Definition, DefinitionKind
from codexwire.emit.expressions import is_finite, source
from codexwire.model.types import Anything, Enum, Limited, List, Map, Ref, Type, Union

__all__ = ["JSON_TYPES", "source_of", "with_defaults"]

JSON_TYPES = {
    bool: "boolean",
    dict: "object",
    float: "number",
    int: "integer",
    list: "array",
    str: "string",
}


def with_defaults(
    definitions: Mapping[str, Definition], stated: Mapping[tuple[str, str], Any]
) -> dict[str, Definition]:
    """Return the definitions with the `stated` defaults (by model and wire name) on their fields."""
    return {
        name: replace(
            d,
            properties=tuple(
                replace(p, default=source_of(stated[name, p.wire], p.type, definitions))
                if (name, p.wire) in stated
                else p
                for p in d.properties
            ),
        )
        for name, d in definitions.items()
    }


def source_of(value: Any, found: Type, definitions: Mapping[str, Definition]) -> Default | None:
    """Return a default of a flat type as source: JSON, or enum members in JSON.

    None where it would take more (an object of a class), or does not fit the type.
    """
    if value is None or isinstance(found, Anything):
        return Default(source(value)) if is_finite(value) else None
    if isinstance(found, Ref):
        return _of_definition(value, definitions[found.name], definitions)
    if isinstance(found, Union):
        sources = (source_of(value, branch, definitions) for branch in found.branches)
        return next((default for default in sources if default is not None), None)
    if isinstance(found, Enum):
        fits = any(value == v and type(value) is type(v) for v in found.values)
        return Default(source(value)) if fits and isinstance(value, str | int) else None
    if not isinstance(found, Limited) or JSON_TYPES[type(value)] != found.json_type:
        return None
    if isinstance(found, List):
        return _container(dict(enumerate(value)), found.items, definitions, "[{}]", "")
    if isinstance(found, Map):
        return _container(value, found.rest or Anything(), definitions, "{{{}}}", "{}: ")
    return Default(source(value)) if is_finite(value) else None


def _of_definition(
    value: Any, definition: Definition, definitions: Mapping[str, Definition]
) -> Default | None:
    if definition.kind is DefinitionKind.ENUM:
        name = next((m.name for m in definition.members if m.value == value), None)
        where = definition.name
        return None if name is None else Default(f"{where}.{name}", (where,))
    values = (DefinitionKind.ALIAS, DefinitionKind.UNION)
    return source_of(value, definition.type, definitions) if definition.kind in values else None


def _container(
    items: Mapping[Any, Any],
    inner: Type,
    definitions: Mapping[str, Definition],
    brackets: str,
    key: str,
) -> Default | None:
    """Return the source of an array or a map; None when one of its items has none."""
    found = {k: source_of(item, inner, definitions) for k, item in items.items()}
    known = {k: default for k, default in found.items() if default is not None}
    if len(known) < len(found):
        return None
    text = ", ".join(key.format(source(k)) + default.source for k, default in known.items())
    return Default(brackets.format(text), tuple(r for d in known.values() for r in d.references))
