"""What msgspec cannot express: such a place takes any JSON, and is reported.

It decodes by type alone, so that a union has at most one alternative for each kind of JSON value (or
structs that a tag tells apart), no alias leads to itself, and some property names are refused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from codexwire.emit.definitions import Definition, DefinitionKind
from codexwire.emit.modules import circles
from codexwire.ir.hole import Hole, HoleKind
from codexwire.ir.model import Schema, full_name
from codexwire.ir.walk import Path, transform
from codexwire.ir.wellformed import is_name
from codexwire.location import join_pointer

__all__ = ["within_limits"]

_KINDS = {bool: "boolean", float: "number", int: "integer", str: "string"}


def within_limits(
    definitions: Mapping[str, Definition],
) -> tuple[dict[str, Definition], tuple[Hole, ...]]:
    """Return the definitions as msgspec can express them, and the places where it takes any JSON."""
    limits = _Limits(definitions, circles(definitions))
    found = {name: limits.of(definition) for name, definition in definitions.items()}
    return found, tuple(sorted(limits.holes))


@dataclass(frozen=True, slots=True)
class _Limits:
    """Rewrites definitions one by one; `holes` gets the places where that lost something."""

    definitions: Mapping[str, Definition]
    circles: frozenset[str]
    holes: set[Hole] = field(default_factory=set)

    def of(self, definition: Definition) -> Definition:
        """Return a definition as msgspec can express it."""
        kept = tuple(p for p in definition.properties if is_name(p.wire))
        for prop in definition.properties:
            if prop not in kept:
                text = "msgspec takes no names with quotes or control characters; it is left out"
                self.hole(definition, prop.wire, text)
        return replace(
            definition,
            properties=tuple(
                replace(p, schema=self.schema(definition, p.wire, p.schema)) for p in kept
            ),
            schema=self.schema(definition, "", definition.schema),
        )

    def hole(self, definition: Definition, wire: str, text: str) -> None:
        """Report a property, or the whole type when `wire` is empty."""
        path = join_pointer(("properties", wire)) if wire else ""
        place = f"{definition.owner}#{path}" if path else definition.owner
        self.holes.add(Hole(HoleKind.SHAPE, place, definition.name, text))

    def schema(self, definition: Definition, wire: str, schema: Schema) -> Schema:
        """Return one flat schema of a definition without what msgspec refuses."""

        def change(path: Path, node: Schema) -> Schema:
            if not isinstance(node, dict):
                return node
            if "$ref" in node and {full_name(node["$ref"]), definition.name} <= self.circles:
                self.hole(definition, wire, "msgspec has no alias that leads to itself")
                return True
            if "enum" in node:
                return _literals(node["enum"])
            if "anyOf" in node and not (path == () and definition.tag and not wire):
                return self.told_apart(definition, wire, node["anyOf"])
            return node

        return transform(schema, change)

    def told_apart(self, definition: Definition, wire: str, branches: list[Schema]) -> Schema:
        """Return a union, with any JSON in it when two alternatives are of one kind of value."""
        kinds = Counter(kind for branch in branches for kind in self.kinds(branch))
        if max(kinds.values(), default=1) == 1:
            return {"anyOf": branches}
        self.hole(
            definition,
            wire,
            "msgspec cannot tell the alternatives of this union apart: any JSON is taken",
        )
        return {"anyOf": [*branches, True]}

    def kinds(self, schema: Schema) -> frozenset[str]:
        """Return the kinds of JSON values that a flat schema admits, none for any."""
        if not isinstance(schema, dict):
            return frozenset()
        if "$ref" in schema:
            definition = self.definitions[full_name(schema["$ref"])]
            if definition.kind is DefinitionKind.MODEL or definition.tag:
                return frozenset({"object"})
            if definition.kind is DefinitionKind.ENUM:
                return frozenset({"string"})
            return frozenset() if definition.name in self.circles else self.kinds(definition.schema)
        if "enum" in schema:
            return frozenset(_KINDS.get(type(value), "null") for value in schema["enum"])
        kinds = schema.get("type", ())
        found = {kinds} if isinstance(kinds, str) else set(kinds)
        return frozenset(found.union(*map(self.kinds, schema.get("anyOf", ()))) - {"null"})


def _literals(values: list[Any]) -> Schema:
    """Return an enum whose booleans, which no literal of msgspec can be, are just booleans."""
    others = [value for value in values if not isinstance(value, bool)]
    if others == values:
        return {"enum": values}
    plain: Schema = {"type": "boolean"}
    return {"anyOf": [{"enum": others}, plain]} if others else plain
