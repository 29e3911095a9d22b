"""What generated models are made of: lossless objects, enums and unions that can be opened.

Values are *closed* when a program builds them: a wrong enum value or an unknown variant is an error.
While `open_decoding()` is active they are *open*: what the other side wrote is kept, known or not.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import (
    Annotated,
    Any,
    Final,
    Literal,
    Self,
    TypeAlias,
    TypeVar,
    Union,
    get_args,
    get_origin,
)

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PrivateAttr,
    RootModel,
    SerializerFunctionWrapHandler,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from codexwire.model.spelling import wire_name
from codexwire.runtime.model_help import ModelType, OpenEnumType, own_doc

__all__ = [
    "WIRE_NAMES",
    "CatchAllModel",
    "ExactLiteral",
    "OpenStrEnum",
    "OpenUnion",
    "UnknownVariant",
    "WireModel",
    "WireRoot",
    "open_decoding",
    "tag",
]

T = TypeVar("T")
Root = TypeVar("Root")
Member = TypeVar("Member", bound="OpenStrEnum")
_TagReader: TypeAlias = "Callable[[Mapping[str, Any]], tuple[bool, str | None]]"

WIRE_NAMES: Final = object()
"""Validation context in which properties have their wire names only, told apart exactly."""

_OPEN: ContextVar[bool] = ContextVar("codexwire_open_decoding", default=False)


@contextmanager
def open_decoding() -> Iterator[None]:
    """Accept and keep unknown enum values and unknown variants inside this block."""
    token = _OPEN.set(True)
    try:
        yield
    finally:
        _OPEN.reset(token)


_CONFIG = ConfigDict(
    alias_generator=wire_name,
    defer_build=True,
    protected_namespaces=(),
    serialize_by_alias=True,
    strict=True,
    validate_by_alias=True,
    validate_by_name=True,
)


def tag(value: T) -> T:
    """Declare a property that admits one value: filled in when building, demanded when decoding."""
    required: Any = Field()
    del value
    return required  # type: ignore[no-any-return]


class WireModel(BaseModel, metaclass=ModelType):
    """A JSON object of the protocol.

    Fields are set by their Python name or their wire name. Unknown properties are kept;
    `model_dump(exclude_unset=True)` gives back what came in.
    """

    model_config = ConfigDict(**_CONFIG, extra="allow")

    def __init__(self, /, **data: Any) -> None:
        super().__init__(**{**_tags(type(self)), **data})

    # Marks an `__init__` that pydantic need not call while it validates (as on BaseModel itself).
    __init__.__pydantic_base_init__ = True  # type: ignore[attr-defined]

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        """Show what was set, and none of the many fields that were not."""
        given = self.model_fields_set
        return ((name, value) for name, value in super().__repr_args__() if name in given)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        schema = handler(source)
        names = frozenset(n for n, f in cls.model_fields.items() if f.alias not in (None, n))
        fields: Any = handler.resolve_ref_schema(schema).get("schema", {})
        if names and fields.get("type") == "model-fields":
            fields["extras_keys_schema"] = core_schema.with_info_plain_validator_function(
                _refuse_twin(names)
            )
        return schema

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Return pydantic's JSON Schema, described by the docstring alone."""
        shown = handler(schema)
        described = handler.resolve_ref_schema(shown)
        described.pop("description", None)
        if (doc := own_doc(cls)) is not None:
            described["description"] = inspect.cleandoc(doc)
        return shown


class CatchAllModel(WireModel):
    """An object that by its schema may have any property besides its own; others are no drift."""


def _refuse_twin(names: frozenset[str]) -> Callable[[str, ValidationInfo], str]:
    """Return a check of unknown properties: one that is called like a field would pass for it.

    Pydantic counts the field as set then, so that nobody could tell whether it came, too.
    """

    def check(key: str, info: ValidationInfo) -> str:
        if info.context is WIRE_NAMES and key in names:
            raise PydanticCustomError("field_name", "a property that is called like a field")
        return key

    return check


@cache
def _tags(model: type[BaseModel]) -> dict[str, Any]:
    """Return the tag fields of a model: name → the one value that it admits."""
    return {
        name: get_args(field.annotation)[0]
        for name, field in model.model_fields.items()
        if field.is_required() and _single_literal(field.annotation)
    }


def _single_literal(annotation: Any) -> bool:
    return get_origin(annotation) is Literal and len(get_args(annotation)) == 1


class WireRoot(RootModel[Root]):
    """A message payload that is no object of its own (a union, mostly); the value is `.root`."""

    model_config = ConfigDict(**_CONFIG)


class OpenStrEnum(StrEnum, metaclass=OpenEnumType):
    """A string enum that keeps unknown values while decoding.

    An unknown value becomes a member-like value of the class (equal to its string, not listed among
    the members) whose `is_unknown` is true.
    """

    @property
    def is_unknown(self) -> bool:
        """Whether the value is none that the schema lists."""
        return self._value_ not in type(self)._value2member_map_

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        return _kept(cls, value) if isinstance(value, str) and _OPEN.get() else None

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        # Models are strict; an enum field still takes the values, not only the members.
        return {**handler(source), "strict": False}

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        return _kept, (type(self), self._value_)


def _kept(cls: type[Member], value: str) -> Member:
    """Return the member of that value, or a member-like value that keeps it."""
    known = cls._value2member_map_.get(value)
    if isinstance(known, cls):
        return known
    member = str.__new__(cls, value)
    member._name_ = member._value_ = value
    return member


class UnknownVariant(WireModel):
    """A variant that the schema does not have, kept as it came.

    `tag` is what would have selected the variant: the value of the union's tag property (None when
    it is absent or no string), or the key of an externally tagged object.
    """

    _tag: str | None = PrivateAttr(None)

    @property
    def tag(self) -> str | None:
        """The tag that no variant of the schema has."""
        return self._tag

    @property
    def raw(self) -> Mapping[str, Any]:
        """The whole object."""
        return self.model_extra or {}


@dataclass(frozen=True, slots=True)
class ExactLiteral:
    """Annotates a literal type with numbers or booleans: `1` is neither `1.0` nor `true`."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        values = {(type(value), value) for value in get_args(source)}

        def check(value: Any) -> Any:
            if isinstance(value, bool | int | float) and (type(value), value) not in values:
                raise PydanticCustomError("literal_error", "not one of the values, of that type")
            return value

        return core_schema.no_info_before_validator_function(check, handler(source))


@dataclass(frozen=True, slots=True)
class OpenUnion:
    """Annotates a union of variants and `UnknownVariant`.

    `discriminator` names the field that tells the variants apart; None means that each variant is an
    object with one key of its own, beside plain values. While decoding, an object whose tag belongs
    to no variant becomes an `UnknownVariant`; one whose tag is known must fit that variant.
    """

    discriminator: str | None = None

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        members = tuple(m for m in get_args(source) if m is not UnknownVariant)
        models = [m for m in members if isinstance(m, type) and issubclass(m, WireModel)]
        inner: Any = Union[members]  # noqa: UP007 - made of a tuple
        if self.discriminator is not None and len(members) > 1:
            inner = Annotated[inner, Field(discriminator=self.discriminator)]
        return core_schema.no_info_wrap_validator_function(
            _keep_unknown(self._tag_reader(models), self._odd_tag(models)),
            handler.generate_schema(inner),
            serialization=core_schema.wrap_serializer_function_ser_schema(_dump_unknown),
        )

    def _odd_tag(self, models: list[type[WireModel]]) -> Callable[[Any], bool]:
        """Return what tells whether a tag should be an integer and only equals one (`true`, `1.0`)."""
        name = self.discriminator
        if name is None or not isinstance(_tag(models[0], name), int):
            return lambda _: False
        key = _alias(models[0], name)
        return lambda raw: isinstance(raw, dict) and type(raw.get(key)) is not int

    def _tag_reader(self, models: list[type[WireModel]]) -> _TagReader:
        """Return what tells whether an object's tag is known, and which it is."""
        if self.discriminator is None:
            keys = {key for model in models for key in _required_keys(model)}
            return lambda raw: (not keys.isdisjoint(raw), next(iter(raw), None))
        name = self.discriminator
        key = _alias(models[0], name)
        tags = {_tag(model, name) for model in models}

        def read(raw: Mapping[str, Any]) -> tuple[bool, str | None]:
            found = raw.get(key)
            if isinstance(found, str):
                return found in tags, found
            return type(found) is int and found in tags, None

        return read


def _keep_unknown(
    read: _TagReader, is_odd: Callable[[Any], bool]
) -> Callable[[Any, ValidatorFunctionWrapHandler], Any]:
    def validate(value: Any, handler: ValidatorFunctionWrapHandler) -> Any:
        try:
            if is_odd(value):
                raise PydanticCustomError("union_tag_invalid", "the tag must be an integer")
            return handler(value)
        except (ValidationError, PydanticCustomError):
            if isinstance(value, UnknownVariant):
                return value
            if not isinstance(value, dict) or not _OPEN.get():
                raise
            known, found = read(value)
            if known:
                raise
            kept = UnknownVariant.model_validate(value)
            kept._tag = found
            return kept

    return validate


def _dump_unknown(value: Any, handler: SerializerFunctionWrapHandler) -> Any:
    return dict(value.raw) if isinstance(value, UnknownVariant) else handler(value)


def _tag(model: type[WireModel], name: str) -> Any:
    return get_args(model.model_fields[name].annotation)[0]


def _required_keys(model: type[WireModel]) -> Iterator[str]:
    return (_alias(model, name) for name, f in model.model_fields.items() if f.is_required())


def _alias(model: type[WireModel], name: str) -> str:
    rename = model.model_config.get("alias_generator")
    alias = model.model_fields[name].alias
    if alias is not None:
        return alias
    return rename(name) if callable(rename) else name
