# ruff: noqa: SIM905 - a table of words reads best as text
"""Python names for what the protocol names: classes, fields and enum members.

Every name follows from the named thing and its owner alone, so that adding an unrelated type never
renames anything. Where two things of one owner come out equal, the one that is spelled like the name
keeps it, and the others get a suffix that follows from their own spelling.
"""

from __future__ import annotations

import keyword
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from unicodedata import normalize

from codexwire.ir.layout import Namespaces
from codexwire.ir.model import UNIONS, Protocol, Schema
from codexwire.ir.names import second_name
from codexwire.model.spelling import wire_name

__all__ = [
    "RESERVED_CLASSES",
    "RESERVED_FIELDS",
    "class_name",
    "class_names",
    "distinct",
    "field_names",
    "identifier",
    "member_names",
    "snake",
]

# What generated modules import (classes begin with a capital, so that only such names are of interest).
RESERVED_CLASSES = frozenset(
    """
    Annotated Any BaseModel CatchAllModel ConfigDict Enum ExactLiteral Field Literal Meta
    NonNegativeInt NotRequired OpenEnum OpenModel OpenRoot OpenStrEnum OpenUnion Optional
    PositiveInt RootModel Self StrEnum Struct TYPE_CHECKING TypeAlias TypeAliasType TypedDict Union
    UnknownVariant UNSET UnsetType WireModel WireRoot
    """.split()
)

# Attributes that every pydantic model class has, and builtins that annotations use.
RESERVED_FIELDS = frozenset(
    """
    bool construct copy dict field float from_orm int json list model_computed_fields
    model_config model_construct model_copy model_dump model_dump_json model_extra model_fields
    model_fields_set model_json_schema model_parametrized_name model_post_init model_rebuild
    model_validate model_validate_json model_validate_strings mro parse_file parse_obj parse_raw
    raw register schema schema_json str tag update_forward_refs validate
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

_BOUNDARY = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|_+")


def snake(text: str) -> str:
    """Return `text` in snake_case, without leading and trailing underscores."""
    words = _BOUNDARY.split(_identifier_parts(text))
    return _identifier_parts("_".join(word.lower() for word in words if word))


def _identifier_parts(text: str) -> str:
    """Return `text` as Python reads identifiers (NFKC), with `_` for all that none can hold."""
    return "".join(c if f"_{c}".isidentifier() else "_" for c in normalize("NFKC", text))


def identifier(text: str, reserved: Iterable[str] = (), prefix: str = "field_") -> str:
    """Return `text` as an identifier that is neither a keyword nor reserved.

    `text` consists of what identifiers may hold; `prefix` precedes what none can begin with.
    """
    if not text[:1].isidentifier():
        text = prefix + text
    return f"{text}_" if text in reserved or keyword.iskeyword(text) else text


def distinct(names: Mapping[str, str], *claims: Callable[[str, str], bool]) -> dict[str, str]:
    """Return spelling → name with a second name for those whose name another spelling has, too.

    Of those that share a name the one keeps it that the first of the `claims` (of spelling and name)
    is true of; no one does when none is.
    """
    sharing: defaultdict[str, list[str]] = defaultdict(list)
    for spelling, name in names.items():
        sharing[name].append(spelling)
    found = dict(names)
    for name, spellings in sharing.items():
        claiming = (s for claim in claims for s in sorted(spellings) if claim(s, name))
        keeper = spellings[0] if len(spellings) == 1 else next(claiming, None)
        found |= {s: second_name(name, s) for s in spellings if s != keeper}
    return found


def field_names(
    properties: Iterable[str], given: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return the field name for each property of one class, all different.

    `given` has the names that somebody chose for some of them.
    """
    chosen = {p: _identifier_parts(name).strip("_") for p, name in (given or {}).items()}
    names = {p: identifier(chosen.get(p) or snake(p), RESERVED_FIELDS) for p in properties}
    return distinct(names, lambda spelling, _: spelling in chosen, _is_spelled, _is_camel)


def member_names(values: Iterable[str]) -> dict[str, str]:
    """Return the member name for each value of one enum, all different.

    Of those that share a name, the ones that are names themselves (`Live` beside `live`) keep their spelling.
    """
    names = {v: identifier(snake(v), _RESERVED_MEMBERS) for v in values}
    first, shared = set(names.values()), Counter(names.values())
    own = {v: v for v, name in names.items() if shared[name] > 1 and _is_own_name(v, first)}
    return distinct(names | own, _is_spelled, _is_camel)


def _is_own_name(value: str, taken: Collection[str]) -> bool:
    plain = value[:1].isalpha() and value == _identifier_parts(value)
    return plain and value not in taken and value == identifier(value, _RESERVED_MEMBERS)


def _is_spelled(spelling: str, name: str) -> bool:
    return spelling == name


def _is_camel(spelling: str, name: str) -> bool:
    return spelling == wire_name(name)


def class_name(text: str) -> str:
    """Return `text` as the name of a class: what it holds of an identifier, with a capital."""
    bare = re.sub("_+", "_", _identifier_parts(text)).strip("_")
    bare = _identifier_parts(bare[:1].upper() + bare[1:])
    return identifier(bare if bare[:1].isupper() else f"Type{bare}", RESERVED_CLASSES)


def class_names(protocol: Protocol) -> dict[str, str]:
    """Return the class name for each full type name: its `x-name`, or its own name; all different."""
    spaces = protocol.namespaces
    given = {full: name for full, t in protocol.types.items() if (name := _given(t.schema))}
    names = {full: class_name(given.get(full, _own_name(spaces, full))) for full in protocol.types}
    names |= {f: second_name(n, f) for f, n in names.items() if n in _unions(protocol)}
    return distinct(
        names,
        lambda full, _: full in given,
        lambda full, name: full == spaces.full(spaces.newest, name),
        _is_spelled,
    )


def _unions(protocol: Protocol) -> frozenset[str]:
    """Return the names of classes that are the protocol's messages."""
    return frozenset(u.union for u in UNIONS if protocol.table(u.sender, u.kind))


def _own_name(spaces: Namespaces, full: str) -> str:
    """Return the name of a type; with its namespace where that is neither the newest nor the root."""
    space, bare = spaces.of(full), spaces.bare(full)
    return bare if space in (spaces.newest, spaces.root) else f"{space}{bare}"


def _given(schema: Schema) -> str | None:
    name = schema.get("x-name") if isinstance(schema, dict) else None
    return name if isinstance(name, str) else None
