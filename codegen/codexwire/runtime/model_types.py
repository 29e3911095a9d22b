"""The types of generated models as data: what the tolerant reader walks along."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property, partial
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeAlias, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel, ConfigDict, RootModel, TypeAdapter
from pydantic.fields import FieldInfo
from typing_extensions import TypeAliasType

from codexwire.runtime.model import WIRE_NAMES, OpenStrEnum, OpenUnion, UnknownVariant
from codexwire.runtime.tolerance.rule import ExpectedType

__all__ = [
    "Alias",
    "Choice",
    "Enumeration",
    "Field",
    "Leaf",
    "ListOf",
    "MapOf",
    "ModelObject",
    "ModelRoot",
    "ModelType",
    "Tagged",
    "model_shape",
    "validator_of",
]

_LIST = ExpectedType("list")
_MAP = ExpectedType("map")
_KINDS: Mapping[Any, str] = {str: "string", int: "integer", float: "number", bool: "boolean"}


def validator_of(model: type[BaseModel]) -> Callable[..., Any]:
    """Return the compiled validation function of a model class, building it on first use."""
    model.model_rebuild()
    return model.__pydantic_validator__.validate_python


@dataclass(frozen=True)
class Leaf:
    """A scalar, or anything at all; `validate` is pydantic's own function."""

    facts: ExpectedType
    validate: Callable[[Any], Any]


@dataclass(frozen=True)
class Enumeration:
    """A string enum that can be opened."""

    enum: type[OpenStrEnum]

    @cached_property
    def facts(self) -> ExpectedType:
        """What rules may know."""
        values = frozenset(member.value for member in self.enum)
        return ExpectedType("enum", self.enum.__name__, values=values)


@dataclass(frozen=True)
class ListOf:
    """An array."""

    item: ModelType
    facts: ExpectedType = _LIST


@dataclass(frozen=True)
class MapOf:
    """An object whose keys are data."""

    value: ModelType
    facts: ExpectedType = _MAP


@dataclass(frozen=True)
class Field:
    """One property of an object: field name, wire name, its pydantic field."""

    name: str
    wire: str
    info: FieldInfo

    @property
    def required(self) -> bool:
        """Whether the property must be there."""
        return self.info.is_required()

    @cached_property
    def shape(self) -> ModelType:
        """The type of the value."""
        return _shape_of(_annotation(self.info))

    @cached_property
    def plain(self) -> bool:
        """Whether values are plain JSON: no model, enum or variant at any depth."""
        return _is_plain(_annotation(self.info))


@dataclass(frozen=True)
class Alias:
    """A named type that may lead to itself."""

    alias: TypeAliasType

    @cached_property
    def inner(self) -> ModelType:
        """The type that the name stands for."""
        return _shape_of(_value_of(self.alias))

    @property
    def facts(self) -> ExpectedType:
        """What rules may know: no more than that it is something of that name."""
        return ExpectedType("any", self.alias.__name__)


@dataclass(frozen=True)
class ModelObject:
    """An object of a model class."""

    model: type[BaseModel]

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """The properties in declared order."""
        self.model.model_rebuild()
        return tuple(
            Field(name, name if info.alias is None else info.alias, info)
            for name, info in self.model.model_fields.items()
        )

    @cached_property
    def nested(self) -> tuple[Field, ...]:
        """The properties whose values are not plain JSON."""
        return tuple(field for field in self.fields if not field.plain)

    @cached_property
    def extra(self) -> ModelType | None:
        """The type of further properties; None when anything may be there."""
        if "__pydantic_extra__" not in self.model.__annotations__:
            return None
        hints = get_type_hints(self.model, include_extras=True)
        return _shape_of(get_args(hints["__pydantic_extra__"])[1])

    @cached_property
    def by_name(self) -> Mapping[str, Field]:
        """The properties by field name."""
        return {field.name: field for field in self.fields}

    @cached_property
    def wires(self) -> frozenset[str]:
        """The wire names of the properties."""
        return frozenset(field.wire for field in self.fields)

    @cached_property
    def facts(self) -> ExpectedType:
        """What rules may know."""
        required = frozenset(field.wire for field in self.fields if field.required)
        return ExpectedType("object", self.model.__name__, required=required)

    @cached_property
    def validate(self) -> Callable[..., Any]:
        """Pydantic's own function, which takes all or nothing."""
        return validator_of(self.model)


@dataclass(frozen=True)
class ModelRoot:
    """A payload around a value that is no object of its own."""

    model: type[RootModel[Any]]

    @cached_property
    def inner(self) -> ModelType:
        """The type of the value."""
        self.model.model_rebuild()
        return _shape_of(_annotation(self.model.model_fields["root"]))

    @property
    def facts(self) -> ExpectedType:
        """What rules may know: the facts of the value."""
        return self.inner.facts


@dataclass(frozen=True)
class Tagged:
    """A union of objects that a tag tells apart, beside plain values.

    `tag` is the tag's wire name, None when each object has one key of its own.
    """

    tag: str | None
    variants: Mapping[str | int, ModelObject]
    others: tuple[ModelType, ...] = ()

    @cached_property
    def facts(self) -> ExpectedType:
        """What rules may know."""
        needs = {str(tag): shape.facts.required for tag, shape in self.variants.items()}
        return ExpectedType(
            "union",
            next((other.facts.name for other in self.others), ""),
            values=_values(self.others),
            tag=self.tag,
            variants=needs,
        )


@dataclass(frozen=True)
class Choice:
    """A union that nothing tells apart, or a nullable value."""

    members: tuple[ModelType, ...]
    nullable: bool

    @cached_property
    def facts(self) -> ExpectedType:
        """What rules may know: of the one member that is not null, or little."""
        if len(self.members) == 1:
            return replace(self.members[0].facts, nullable=self.nullable)
        return ExpectedType("choice", nullable=self.nullable, values=_values(self.members))


ModelType: TypeAlias = (
    Leaf | Enumeration | ListOf | MapOf | Alias | ModelObject | ModelRoot | Tagged | Choice
)


def _values(shapes: tuple[ModelType, ...]) -> frozenset[str]:
    return frozenset(value for shape in shapes for value in shape.facts.values)


@cache
def model_shape(model: type[BaseModel]) -> ModelObject | ModelRoot:
    """Return the shape of a model class."""
    return ModelRoot(model) if issubclass(model, RootModel) else ModelObject(model)


def _annotation(info: FieldInfo) -> Any:
    return Annotated[(info.annotation, *info.metadata)] if info.metadata else info.annotation


def _value_of(alias: TypeAliasType) -> Any:
    """Return what an alias stands for, whose value is written as text in its module."""

    def holder() -> None: ...

    holder.__annotations__ = {"value": alias.__value__}
    module = vars(sys.modules[str(alias.__module__)])
    return get_type_hints(holder, module, include_extras=True)["value"]


def _is_plain(annotation: Any) -> bool:
    if isinstance(annotation, TypeAliasType):
        return False  # without looking into it, which might not end
    if isinstance(annotation, type) and get_origin(annotation) is None:
        return not issubclass(annotation, (BaseModel, OpenStrEnum))
    return get_origin(annotation) is Literal or all(map(_is_plain, get_args(annotation)))


def _shape_of(annotation: Any) -> ModelType:
    origin = get_origin(annotation)
    arguments = get_args(annotation)
    if origin is Annotated:
        opened = next((m for m in arguments[1:] if isinstance(m, OpenUnion)), None)
        return _leaf(annotation) if opened is None else _tagged(arguments[0], opened.discriminator)
    if origin in (Union, UnionType):
        members = tuple(_shape_of(m) for m in arguments if m is not NoneType)
        return Choice(members, nullable=NoneType in arguments)
    if origin is list:
        return ListOf(_shape_of(arguments[0]))
    if origin is dict:
        return MapOf(_shape_of(arguments[1]))
    if isinstance(annotation, TypeAliasType):
        return Alias(annotation)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return model_shape(annotation)
    if isinstance(annotation, type) and issubclass(annotation, OpenStrEnum):
        return Enumeration(annotation)
    return _leaf(annotation)


def _leaf(annotation: Any) -> Leaf:
    base = get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation
    values = frozenset(get_args(base) if get_origin(base) is Literal else ())
    kind = "enum" if values else _KINDS.get(base, "any")
    adapter = TypeAdapter(annotation, config=ConfigDict(strict=True))
    # a union that takes anything may have models in it
    validate = partial(adapter.validate_python, by_alias=True, by_name=False, context=WIRE_NAMES)
    return Leaf(ExpectedType(kind, values=values), validate)


def _tagged(union: Any, discriminator: str | None) -> Tagged:
    objects: list[ModelObject] = []
    others: list[ModelType] = []
    for member in get_args(union) or (union,):
        shape = _shape_of(member)
        if not isinstance(shape, ModelObject):
            others.append(shape)
        elif shape.model is not UnknownVariant:
            objects.append(shape)
    variants = {tag: shape for shape in objects for tag in _tags(shape, discriminator)}
    tag = None if discriminator is None else objects[0].by_name[discriminator].wire
    return Tagged(tag, variants, tuple(others))


def _tags(shape: ModelObject, discriminator: str | None) -> Iterator[str | int]:
    if discriminator is None:
        yield from shape.facts.required
    else:
        yield from get_args(shape.by_name[discriminator].info.annotation)
