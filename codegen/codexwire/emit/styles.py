"""How each output style writes classes, fields, enums and unions: one table row per style."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from codexwire.emit.expressions import source
from codexwire.runtime.model import wire_name

__all__ = ["STYLES", "Field", "Style", "StyleRules"]

Style = Literal["pydantic", "typeddict", "msgspec", "dataclass"]


@dataclass(frozen=True, slots=True)
class Field:
    """One field on its way to source: names, the type's expression, and how it may be absent.

    `says_wire` is set when the wire name does not follow from the class and the field name; `ahead`
    when the type names something that is defined further down;
    `default` is the source of the schema's default (None when it states none that can be written);
    `constant` is the source of the one value that a tag admits.
    """

    name: str
    wire: str
    type: str
    required: bool
    nullable: bool
    says_wire: bool
    ahead: bool
    default: str | None = None
    constant: str | None = None

    def spelled(self, absent: str = "") -> str:
        """Return the type, with `absent` as one more alternative; quoted where it looks ahead."""
        covered = not absent or self.type == "Any" or (absent == "None" and self.nullable)
        text = self.type if covered else f"{self.type} | {absent}"
        return repr(text) if self.ahead else text


@dataclass(frozen=True, slots=True)
class StyleRules:
    """One style.

    `head` is the format of a class line; its `{base}` is the model to derive from, its `{rename}` is
    `camel` or, where the style can, `snake`, for classes most of whose wire names are as they stand;
    its `{tag}` is `tag`, a format of its own. `field` returns annotation and default; `enum` is the
    base of enums, None for a Literal alias;
    `root` the class of payloads that are no objects, None for a plain alias; `symbols` maps imported
    names to modules. `any_shape` is false for a style that cannot express every shape (see `limits`);
    `extra` is the format of the line that types further properties; `camel_case` gives the wire name
    that follows from a field name.
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
    any_shape: bool = True
    extra: str | None = None
    camel_case: Callable[[str], str] = wire_name


def _pydantic(field: Field) -> tuple[str, str | None]:
    absent, default = "", None
    if field.constant is not None:
        default = f"tag({field.constant})"
    elif not field.required:
        default = field.default or "None"
        absent = "None" if default == "None" else ""
    annotation = field.spelled(absent)
    if field.says_wire:
        annotation = f"Annotated[{annotation}, Field(alias={source(field.wire)})]"
    return annotation, default


def _typeddict(field: Field) -> tuple[str, str | None]:
    return (field.spelled() if field.required else f"NotRequired[{field.spelled()}]"), None


def _msgspec(field: Field) -> tuple[str, str | None]:
    named = f"name={source(field.wire)}" if field.says_wire else ""
    if field.required:
        return field.spelled(), f"field({named})" if named else None
    default = f"field(default=UNSET, {named})" if named else "UNSET"
    return field.spelled("UnsetType"), default


def _dataclass(field: Field) -> tuple[str, str | None]:
    wire = f'metadata={{"wire": {source(field.wire)}}}' if field.says_wire else ""
    default = field.constant or ("" if field.required else "None")
    annotation = field.spelled("None" if default == "None" else "")
    if not wire:
        return annotation, default or None
    return annotation, f"field(default={default}, {wire})" if default else f"field({wire})"


def _msgspec_camel(name: str) -> str:
    """Return what `rename="camel"` makes of a field name."""
    first, *rest = name.split("_")
    return first + "".join(part.title() for part in rest)


_TYPING = {
    **dict.fromkeys(("Annotated", "Any", "Literal", "TypeAlias"), "typing"),
    "TypeAliasType": "typing_extensions",
}
_MODEL = (
    "CatchAllModel",
    "ExactLiteral",
    "OpenStrEnum",
    "OpenUnion",
    "UnknownVariant",
    "WireModel",
    "WireRoot",
    "tag",
)

STYLES: Mapping[Style, StyleRules] = {
    "pydantic": StyleRules(
        head="class {name}({base}{rename}):",
        snake=", alias_generator=None",
        field=_pydantic,
        enum="OpenStrEnum",
        root="WireRoot",
        open_unions=True,
        extra="__pydantic_extra__: {type} = Field(init=False)",
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
        tag=", tag_field={field}, tag={value}",
        any_shape=False,
        camel_case=_msgspec_camel,
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
