"""What msgspec cannot express: such a place takes any JSON, and is reported.

It decodes by type alone, so that a union has at most one alternative for each kind of JSON value (or
structs that a tag tells apart), no alias leads to itself, and some property names are refused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from msgspec import structs

from codexwire.emit.definitions import Definition, DefinitionKind
from codexwire.emit.modules import circles
from codexwire.ir.hole import Hole, HoleKind
from codexwire.ir.wellformed import is_name
from codexwire.location import join_pointer
from codexwire.model.kinds import describe_kind, kind_of
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
            properties=tuple(replace(p, type=self.type(definition, p.wire, p.type)) for p in kept),
            type=self.type(definition, "", definition.type),
        )

    def hole(self, definition: Definition, wire: str, text: str) -> None:
        """Report a property, or the whole type when `wire` is empty."""
        path = join_pointer(("properties", wire)) if wire else ""
        place = f"{definition.owner}#{path}" if path else definition.owner
        self.holes.add(Hole(HoleKind.SHAPE, place, definition.name, text))

    def type(self, definition: Definition, wire: str, found: Type) -> Type:
        """Return one flat type of a definition without what msgspec refuses."""
        if isinstance(found, Union) and definition.tag and not wire:
            branches = (self.part(definition, wire, branch) for branch in found.branches)
            return structs.replace(found, branches=tuple(branches))
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
            branches = (self.part(definition, wire, branch) for branch in found.branches)
            return self.told_apart(definition, wire, tuple(branches))
        return found

    def told_apart(self, definition: Definition, wire: str, branches: tuple[Type, ...]) -> Type:
        """Return a union, with any JSON in it when two alternatives are of one kind of value."""
        kinds = Counter(kind for branch in branches for kind in self.kinds(branch))
        if max(kinds.values(), default=1) == 1:
            return Union(branches)
        self.hole(
            definition,
            wire,
            "msgspec cannot tell the alternatives of this union apart: any JSON is taken",
        )
        return Union((Anything(), *branches))  # once it has seen Any, msgspec refuses nothing

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
            return frozenset(describe_kind(kind_of(v)) for v in found.values) - {"null"}
        if isinstance(found, Union):
            return frozenset().union(*map(self.kinds, found.branches)) - {"null"}
        return frozenset({found.json_type} if isinstance(found, Limited) else ()) - {"null"}


def _literals(found: Enum) -> Type:
    """Return an enum whose booleans, which no literal of msgspec can be, are just booleans."""
    others = tuple(value for value in found.values if not isinstance(value, bool))
    if len(others) == len(found.values):
        return found
    plain = Scalar("boolean")
    return Union((structs.replace(found, values=others), plain)) if others else plain
