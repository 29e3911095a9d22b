"""What msgspec cannot express: such a place takes any JSON, and is reported.

It decodes by type alone, so that a union has at most one alternative for each kind of JSON value (or
structs that a tag tells apart), no alias leads to itself, and some property names are refused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from msgspec import structs

from codexwire.emit.definitions import Definition, DefinitionKind, ModelProperty
from codexwire.emit.modules import circles
from codexwire.ir.hole import Hole, HoleKind
from codexwire.ir.wellformed import is_name
from codexwire.location import join_pointer
from codexwire.model.kinds import describe_kind, json_kind
from codexwire.model.types import (
    Anything,
    Enum,
    Limited,
    List,
    Map,
    Ref,
    Scalar,
    Type,
    Union,
)

__all__ = ["within_limits"]

_PLAIN: Mapping[str, Type] = {
    "array": List(Anything()),
    "object": Map(),
    **{kind: Scalar(kind) for kind in ("boolean", "integer", "number")},
}
"""What stands for values that no literal can be."""


def within_limits(
    definitions: Mapping[str, Definition],
) -> tuple[dict[str, Definition], tuple[Hole, ...]]:
    """Return the definitions as msgspec can express them, and the places where it takes any JSON."""
    told = _with_tags_of_structs(definitions)
    limits = _Limits(told, circles(told))
    found = {name: limits.of(definition) for name, definition in told.items()}
    return found, tuple(sorted(limits.holes))


def _with_tags_of_structs(definitions: Mapping[str, Definition]) -> dict[str, Definition]:
    """Return the definitions, the unions without a tag whose structs cannot have it.

    A struct has one tag, whatever unions it is in.
    """
    found = dict(definitions)
    taken: dict[str, str] = {}  # struct → wire name of its tag
    for name, union in definitions.items():
        tags = union.tags(definitions)
        if all(_can_be_tag(p) and taken.get(v, p.wire) == p.wire for v, p in tags.items()):
            taken |= {variant: prop.wire for variant, prop in tags.items()}
        else:
            found[name] = replace(union, tag=None)
    return found


def _can_be_tag(prop: ModelProperty) -> bool:
    # it does not find tags that are not written in ASCII
    return is_name(prop.wire) and prop.wire.isascii() and _is_literal(prop.constant)


def _is_literal(value: Any) -> bool:
    """Whether msgspec has a literal type for a value, of those that others have one for."""
    return isinstance(value, str | int | None) and not isinstance(value, bool)


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
            properties=tuple(self.property(definition, p) for p in kept),
            type=self.type(definition, "", definition.type),
        )

    def property(self, definition: Definition, prop: ModelProperty) -> ModelProperty:
        """Return a property as msgspec can express it."""
        constant = prop.constant if _is_literal(prop.constant) else None
        return replace(prop, constant=constant, type=self.type(definition, prop.wire, prop.type))

    def hole(self, definition: Definition, wire: str, text: str) -> None:
        """Report a property, or the whole type when `wire` is empty."""
        path = join_pointer(("properties", wire)) if wire else ""
        place = f"{definition.owner}#{path}" if path else definition.owner
        self.holes.add(Hole(HoleKind.SHAPE, place, definition.name, text))

    def type(self, definition: Definition, wire: str, found: Type) -> Type:
        """Return one flat type of a definition without what msgspec refuses."""
        if isinstance(found, Union) and definition.tag and not wire:
            return self.told_apart(
                definition, wire, found.branches, definition.tags(self.definitions)
            )
        return self.part(definition, wire, found)

    def part(self, definition: Definition, wire: str, found: Type) -> Type:
        """Return a part of a flat type."""
        if isinstance(found, Ref) and {found.name, definition.name} <= self.circles:
            self.hole(definition, wire, "msgspec has no alias that leads to itself")
            return Anything()
        if isinstance(found, Enum):
            return _literals(found)
        if isinstance(found, List):
            return structs.replace(found, items=self.part(definition, wire, found.items))
        if isinstance(found, Map) and found.rest is not None:
            return structs.replace(found, rest=self.part(definition, wire, found.rest))
        if isinstance(found, Union) and not found.by_kind:
            return self.told_apart(definition, wire, found.branches)
        return found

    def told_apart(
        self,
        definition: Definition,
        wire: str,
        parts: tuple[Type, ...],
        tagged: Collection[str] = (),
    ) -> Type:
        """Return a union, with any JSON in it when two alternatives are of one kind of value.

        Those that are `tagged` count as one.
        """
        branches = tuple(self.part(definition, wire, part) for part in parts)
        kinds = Counter(
            kind
            for branch in branches
            if not (isinstance(branch, Ref) and branch.name in tagged)
            for kind in self.kinds(branch)
        )
        kinds["object"] += bool(tagged)
        if max(kinds.values()) <= 1:
            return Union(branches)
        self.hole(
            definition,
            wire,
            "msgspec cannot tell the alternatives of this union apart: any JSON is taken",
        )
        # first, for it refuses some of the others before it sees an `Any` behind them
        return Union((Anything(), *branches))

    def kinds(self, found: Type) -> frozenset[str]:
        """Return the JSON types of the values that a flat type admits, none for any."""
        if isinstance(found, Ref):
            definition = self.definitions[found.name]
            if definition.kind is DefinitionKind.MODEL or definition.tag:
                return frozenset({"object"})
            if definition.kind is DefinitionKind.ENUM:
                return frozenset({"string"})
            return frozenset() if definition.name in self.circles else self.kinds(definition.type)
        if isinstance(found, Enum):
            return frozenset(describe_kind(json_kind(v)) for v in found.values) - {"null"}
        if isinstance(found, Union):
            return frozenset().union(*map(self.kinds, found.branches)) - {"null"}
        return frozenset({found.json_type} if isinstance(found, Limited) else ()) - {"null"}


def _literals(found: Enum) -> Type:
    """Return an enum in which values that no literal of msgspec can be are just of their kind."""
    literal = tuple(value for value in found.values if _is_literal(value))
    if len(literal) == len(found.values):
        return found
    kinds = dict.fromkeys(describe_kind(json_kind(v)) for v in found.values if not _is_literal(v))
    plain = tuple(_PLAIN[kind] for kind in kinds)
    if not literal and len(plain) == 1:
        return plain[0]
    return Union((structs.replace(found, values=literal), *plain) if literal else plain)
