"""Pieces of Python source: the annotations and fields that Structs of the fast path are put together from."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from codexwire.ir.wellformed import is_name
from codexwire.model.kinds import are_distinct_strings
from codexwire.model.types import Anything, Enum, Limited, List, Map, Scalar, Type, Union
from codexwire.runtime import gates
from codexwire.wire.naming import literal, python_name
from codexwire.wire.object_layout import ObjectLayout

__all__ = [
    "ANYTHING",
    "BOUNDS",
    "EMPTY",
    "INT64",
    "LENGTHS",
    "WHOLE",
    "Form",
    "annotation_of",
    "attributes",
    "field_line",
    "is_writable",
    "lengths",
    "literals",
    "merge_enums",
    "post_init",
    "whole_types",
]

# What the fast path takes at a place: an annotation for each JSON type. Nothing at all when empty.
Form: TypeAlias = "Mapping[str, str]"

ANYTHING: Form = {"any": "Raw"}
WHOLE = {
    "null": "None",
    "boolean": "bool",
    "integer": "int",
    "number": "float",
    "string": "str",
    "array": "list[Raw]",
    "object": "AnyObject",
}
EMPTY = {
    "array": "Annotated[list[Raw], Meta(max_length=0)]",
    "object": "Annotated[dict[str, Raw], Meta(max_length=0)]",
}
BOUNDS = {"minimum": "ge", "maximum": "le", "exclusiveMinimum": "gt", "exclusiveMaximum": "lt"}
LENGTHS = {
    "string": {"minLength": "min_length", "maxLength": "max_length"},
    "array": {"minItems": "min_length", "maxItems": "max_length"},
}
INT64 = 2**63
_USED = frozenset({"str", "int", "float", "bool", "list", "dict", *gates.__all__})
_HALF = re.compile("[\ud800-\udfff]")


def annotation_of(form: Form) -> str:
    """Return the annotation of a form; empty for one that takes nothing."""
    return " | ".join(form.values())


def literals(values: Iterable[Any]) -> Form:
    """Return the form of an enum: its strings, and null; other values are left to the predicates."""
    values = list(values)
    strings = [v for v in values if isinstance(v, str) and not _HALF.search(v)]
    found = {}
    if strings:
        found["string"] = f"Literal[{', '.join(map(literal, strings))}]"
    if None in values:
        found["null"] = "None"
    return found


def whole_types(branches: Sequence[Type]) -> Form:
    """Return what branches take that ask for JSON types and nothing else."""
    return {name: WHOLE[name] for branch in branches for name in _whole(branch)}


def _whole(found: Type) -> list[str]:
    if isinstance(found, Union) and found.by_kind:
        parts = [_whole(branch) for branch in found.branches]
        return [name for part in parts for name in part] if all(parts) else []
    if not isinstance(found, Limited) or found.others or found.limits.keys() - {"format"}:
        return []
    if isinstance(found, Scalar):
        return [found.kind]
    if isinstance(found, List):
        bare = isinstance(found.items, Anything) and found.contains is None
        return ["array"] if bare else []
    return ["object"] if isinstance(found, Map) and found.rest is None else []


def merge_enums(exact: bool, branches: Sequence[Type]) -> Form | None:
    """Return the form of branches that are all strings, else None."""
    values = [v for b in branches for v in (b.values if isinstance(b, Enum) else [None])]
    strings = [v for v in values if isinstance(v, str)]
    if len(strings) != len(values) or (exact and not are_distinct_strings(values)):
        return None
    return literals(dict.fromkeys(strings))


def lengths(name: str, asked: Mapping[str, Any]) -> list[str] | None:
    """Return the limits of strings and arrays; None when one is beyond what msgspec counts."""
    limits = {word: asked[key] for key, word in LENGTHS.get(name, {}).items() if key in asked}
    if any(limit >= INT64 for limit in limits.values()):
        return None
    return [f"{word}={int(limit)}" for word, limit in limits.items()]


def is_writable(text: str) -> bool:
    """Whether msgspec takes a text as the name of a member or as a tag."""
    return is_name(text) and not _HALF.search(text)


def attributes(keys: Iterable[str]) -> dict[str, str]:
    """Return a Python attribute name for every key, all different."""
    found: dict[str, str] = {}
    for key in keys:
        name = python_name(key)
        if not name.isidentifier() or name.startswith("_"):
            name = f"f{name}"
        while keyword.iskeyword(name) or name in _USED or name in found.values():
            name += "_"
        found[key] = name
    return found


def field_line(name: str, key: str, form: Form, required: bool) -> str:
    """Return the line of a Struct that defines the field `name` for the member `key`."""
    annotation = annotation_of(form) if form else "UnsetType"
    if name != key:
        default = "" if required else ", default=OPTIONAL"
        return f"    {name}: {annotation} = field(name={literal(key)}{default})"
    return f"    {name}: {annotation}" + ("" if required else " = OPTIONAL")


def post_init(layout: ObjectLayout, names: Mapping[str, str]) -> list[str]:
    """Return the lines of a Struct that ask for one of the choices of its layout."""
    sets = sorted(sorted(names[key] for key in choice) for choice in layout.choices)
    listed = ", ".join(f"({', '.join(map(literal, s))},)" for s in sets)
    check = "require_one" if layout.single else "require_any"
    return ["", "    def __post_init__(self) -> None:", f"        {check}(self, ({listed}))"]
