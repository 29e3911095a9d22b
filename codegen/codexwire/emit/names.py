# ruff: noqa: SIM905 - a table of words reads best as text
"""Python names for what the protocol names: classes, fields and enum members.

Every name follows from the named thing and its owner alone, so that adding an unrelated type never
renames anything; what cannot be named that way is an error.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable, Mapping

from codexwire.errors import EmitError
from codexwire.ir.model import Protocol

__all__ = [
    "RESERVED_CLASSES",
    "RESERVED_FIELDS",
    "class_names",
    "field_names",
    "member_names",
    "snake",
]

# What generated modules import or use as builtins.
RESERVED_CLASSES = frozenset(
    """
    Annotated Any Field Literal NonNegativeInt NotRequired OpenStrEnum OpenUnion PositiveInt StrEnum Struct
    TYPE_CHECKING TypeAlias TypedDict UNSET UnknownVariant UnsetType WireModel WireRoot tag
    False None True bool dataclass dict field float int list str
    """.split()
)

# Attributes that every pydantic model has, and builtins that annotations use.
RESERVED_FIELDS = frozenset(
    """
    bool construct copy dict field float from_orm int json list model_computed_fields
    model_config model_construct model_copy model_dump model_dump_json model_extra model_fields
    model_fields_set model_json_schema model_parametrized_name model_post_init model_rebuild
    model_validate model_validate_json model_validate_strings parse_file parse_obj parse_raw raw
    schema schema_json str tag update_forward_refs validate
    """.split()
)

# Attributes of str and of enum members.
_RESERVED_MEMBERS = frozenset(
    """
    capitalize casefold center count encode endswith expandtabs find format format_map index
    is_unknown isalnum isalpha isascii isdecimal isdigit isidentifier islower isnumeric
    isprintable isspace istitle isupper join ljust lower lstrip maketrans mro name partition
    removeprefix removesuffix replace rfind rindex rjust rpartition rsplit rstrip split
    splitlines startswith strip swapcase title translate upper value zfill
    """.split()
)

_BOUNDARY = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[^0-9A-Za-z]+")


def snake(text: str) -> str:
    """Return `text` in snake_case, without leading and trailing underscores."""
    return "_".join(word.lower() for word in _BOUNDARY.split(text) if word)


def _identifier(text: str, reserved: frozenset[str], prefix: str) -> str:
    if not text or text[0].isdigit():
        text = prefix + text
    return f"{text}_" if text in reserved or keyword.iskeyword(text) else text


def field_names(owner: str, properties: Iterable[str]) -> dict[str, str]:
    """Return the field name for each property of one class; EmitError when two come out equal."""
    names = {p: _identifier(snake(p), RESERVED_FIELDS, "field_") for p in properties}
    _check_distinct(f"the fields of {owner}", names)
    return names


def member_names(owner: str, values: Iterable[str]) -> dict[str, str]:
    """Return the member name for each value of one enum.

    Values that differ in case or punctuation only keep their own spelling; EmitError when that does
    not tell them apart either.
    """
    names = {v: _identifier(snake(v), _RESERVED_MEMBERS, "field_") for v in values}
    taken = list(names.values())
    for value, name in names.items():
        if taken.count(name) > 1:
            spelled = re.sub(r"[^0-9A-Za-z]", "_", value)
            names[value] = _identifier(spelled, _RESERVED_MEMBERS, "field_")
    _check_distinct(f"the members of {owner}", names)
    return names


def class_names(protocol: Protocol) -> dict[str, str]:
    """Return the class name for each full type name: its `x-name`, or its own name.

    EmitError when two types come out equal.
    """
    names = {}
    for name, typedef in protocol.types.items():
        given = typedef.schema.get("x-name") if isinstance(typedef.schema, dict) else None
        bare = re.sub(r"\W+", "_", given or typedef.bare_name).strip("_")
        names[name] = _identifier(bare, RESERVED_CLASSES, "Type")
    _check_distinct("the types", names)
    return names


def _check_distinct(what: str, names: Mapping[str, str]) -> None:
    taken: dict[str, str] = {}
    for original, name in names.items():
        other = taken.setdefault(name, original)
        if other != original:
            raise EmitError(
                f"{what} {other!r} and {original!r} would both be called {name!r}",
                hint="a normalization rule has to name one of them",
            )
