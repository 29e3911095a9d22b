"""What the model emitter prints: named definitions in which nothing is nested any more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from codexwire.direction import Stability
from codexwire.model.types import Anything, Type, references

__all__ = ["Default", "Definition", "DefinitionKind", "EnumMember", "Marks", "ModelProperty"]

_ANY = Anything()


class DefinitionKind(StrEnum):
    """How a definition is printed.

    `model`: a class with fields; `enum`: an open string enum; `union`, `alias`: a type alias;
    `root`: a class around a value that is no object of its own.
    """

    MODEL = "model"
    ENUM = "enum"
    UNION = "union"
    ALIAS = "alias"
    ROOT = "root"


@dataclass(frozen=True, slots=True)
class Default:
    """What an absent property means: Python source, and the enums that it names."""

    source: str
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Marks:
    """What the protocol says about a named thing besides its shape.

    `unit` is `s` or `ms` for a number that is a time or a duration, else empty.
    """

    description: str = ""
    stability: Stability = Stability.STABLE
    deprecated: bool = False
    unit: str = ""


@dataclass(frozen=True, slots=True)
class ModelProperty:
    """One property of a model: wire name, field name, and the flat type of its value.

    A flat type refers to definitions (by the name of the class) and nests only arrays, maps and
    alternatives of scalars. `constant` is the one value that a required property admits; `default` is
    set where the schema states one that source can say. Both may be None.
    """

    wire: str
    name: str
    type: Type
    required: bool
    default: Default | None = None
    constant: str | int | None = None
    marks: Marks = Marks()


@dataclass(frozen=True, slots=True)
class EnumMember:
    """One value of an enum, its member name and its description."""

    value: str
    name: str
    marks: Marks = Marks()


@dataclass(frozen=True, slots=True)
class Definition:
    """One class or alias.

    `owner` is the full name of the published type it belongs to (a union's name for its messages).
    Models have `properties`, enums `members`, the other kinds the flat `type` of their value.
    `tag` is the field that tells a union's variants apart, empty for externally tagged variants,
    None when nothing does; `catch_all` says that a union takes any value after its variants, or that
    a model may have any property besides its own; `extra` is the flat type of those.
    """

    name: str
    kind: DefinitionKind
    owner: str
    marks: Marks = Marks()
    properties: tuple[ModelProperty, ...] = ()
    members: tuple[EnumMember, ...] = ()
    type: Type = _ANY
    tag: str | None = None
    catch_all: bool = False
    extra: Type = _ANY

    def types(self) -> Iterator[Type]:
        """Yield the flat types of a model's fields, or the one of an alias; none for an enum."""
        if self.kind not in (DefinitionKind.MODEL, DefinitionKind.ENUM):
            yield self.type
        for prop in self.properties:
            yield prop.type
        if not isinstance(self.extra, Anything):
            yield self.extra

    def references(self) -> Iterator[str]:
        """Yield the names of the definitions that this one refers to, in order, repeats included."""
        for found in self.types():
            yield from references(found)
        for prop in self.properties:
            if prop.default is not None:
                yield from prop.default.references

    def tags(self, definitions: Mapping[str, Definition]) -> dict[str, ModelProperty]:
        """Return the tag of each variant of a union, by the variant's name; none without a tag."""
        variants = [definitions[name] for name in self.references()] if self.tag else []
        return {v.name: p for v in variants for p in v.properties if p.name == self.tag}
