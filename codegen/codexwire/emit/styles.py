"""How each output style writes classes, fields, enums and unions: one table row per style."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

__all__ = ["STYLES", "Field", "Style", "StyleRules"]

Style = Literal["pydantic", "typeddict", "msgspec", "dataclass"]


@dataclass(frozen=True, slots=True)
class Field:
    """One field on its way to source: names, the type's expression, and how it may be absent.

    `says_wire` is set when the wire name does not follow from the class and the field name;
    `default` is the source of the schema's default (None when it states none that can be written);
    `constant` is the source of the one value that a tag admits.
    """

    name: str
    wire: str
    type: str
    required: bool
    nullable: bool
    says_wire: bool
    default: str | None = None
    constant: str | None = None

    @property
    def optional_type(self) -> str:
        """The type, with None added where None stands for an absent value."""
        return self.type if self.nullable or self.type == "Any" else f"{self.type} | None"


@dataclass(frozen=True, slots=True)
class StyleRules:
    """One style.

    `head` is the format of a class line; its `{rename}` is `camel` or, where the style can, `snake`,
    for classes most of whose wire names are as they stand; its `{tag}` is `tag`, a format of its own.
    `field` returns annotation and default; `enum` is the base of enums, None for a Literal alias;
    `root` the class of payloads that are no objects, None for a plain alias; `symbols` maps imported
    names to modules.
    """

    head: str
    field: Callable[[Field], tuple[str, str | None]]
    enum: str | None
    symbols: Mapping[str, str]
    decorator: str = ""
    camel: str = ""
    snake: str | None = None
    tag: str = ""
    root: str | None = None
    open_unions: bool = False


def _pydantic(field: Field) -> tuple[str, str | None]:
    annotation, default = field.type, None
    if field.constant is not None:
        default = f"tag({field.constant})"
    elif not field.required:
        annotation = field.type if field.default not in (None, "None") else field.optional_type
        default = field.default or "None"
    if field.says_wire:
        annotation = f'Annotated[{annotation}, Field(alias="{field.wire}")]'
    return annotation, default


def _typeddict(field: Field) -> tuple[str, str | None]:
    return (field.type if field.required else f"NotRequired[{field.type}]"), None


def _msgspec(field: Field) -> tuple[str, str | None]:
    named = f'name="{field.wire}"' if field.says_wire else ""
    if field.required:
        return field.type, f"field({named})" if named else None
    annotation = f"{field.type} | UnsetType"
    return annotation, f"field(default=UNSET, {named})" if named else "UNSET"


def _dataclass(field: Field) -> tuple[str, str | None]:
    wire = f'metadata={{"wire": "{field.wire}"}}' if field.says_wire else ""
    if field.constant is not None:
        parts = [f"default={field.constant}", wire]
        return field.type, f"field({', '.join(parts)})" if wire else field.constant
    if field.required:
        return field.type, f"field({wire})" if wire else None
    return field.optional_type, f"field(default=None, {wire})" if wire else "None"


_TYPING = dict.fromkeys(("Annotated", "Any", "Literal", "TypeAlias"), "typing")
_MODEL = ("OpenStrEnum", "OpenUnion", "UnknownVariant", "WireModel", "WireRoot", "tag")

STYLES: Mapping[Style, StyleRules] = {
    "pydantic": StyleRules(
        head="class {name}(WireModel{rename}):",
        snake=", alias_generator=None",
        field=_pydantic,
        enum="OpenStrEnum",
        root="WireRoot",
        open_unions=True,
        symbols={
            **_TYPING,
            "Field": "pydantic",
            "NonNegativeInt": "pydantic",
            "PositiveInt": "pydantic",
            **dict.fromkeys(_MODEL, "codexwire.runtime.model"),
        },
    ),
    "typeddict": StyleRules(
        head="class {name}(TypedDict):",
        field=_typeddict,
        enum=None,
        symbols={**_TYPING, "NotRequired": "typing", "TypedDict": "typing"},
    ),
    "msgspec": StyleRules(
        head="class {name}(Struct, kw_only=True{rename}{tag}):",
        camel=', rename="camel"',
        snake="",
        tag=', tag_field="{field}", tag={value}',
        field=_msgspec,
        enum="StrEnum",
        symbols={
            **_TYPING,
            "StrEnum": "enum",
            "Struct": "msgspec",
            "UNSET": "msgspec",
            "UnsetType": "msgspec",
            "field": "msgspec",
        },
    ),
    "dataclass": StyleRules(
        head="class {name}:",
        decorator="@dataclass(kw_only=True)",
        field=_dataclass,
        enum="StrEnum",
        symbols={**_TYPING, "StrEnum": "enum", "dataclass": "dataclasses", "field": "dataclasses"},
    ),
}
