"""Pieces of Python source: the annotations and fields that Structs of gates are put together from."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from codexwire.ir.keywords import ASSERTIONS
from codexwire.ir.model import Schema
from codexwire.ir.wellformed import is_name
from codexwire.runtime import gates
from codexwire.wire.kinds import are_distinct_strings, types_of
from codexwire.wire.naming import literal, python_name
from codexwire.wire.shape import Shape

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

# What a gate takes at a place: an annotation for each JSON type. Nothing at all when empty.
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


def literals(node: dict[str, Any]) -> Form:
    """Return the form of an enum: its strings, and null; other values are left to the predicates."""
    types = types_of(node) or ("string", "null")
    strings = [v for v in node["enum"] if isinstance(v, str) and not _HALF.search(v)]
    others = node.keys() & ASSERTIONS - {"enum", "type", "format"}
    if others:
        return {}
    found = {}
    if strings and "string" in types:
        found["string"] = f"Literal[{', '.join(map(literal, strings))}]"
    if None in node["enum"] and "null" in types:
        found["null"] = "None"
    return found


def whole_types(nodes: Sequence[Schema]) -> Form:
    """Return what branches take that ask for types and nothing else."""
    return {
        name: WHOLE[name]
        for node in nodes
        if isinstance(node, dict) and node.keys() & ASSERTIONS == {"type"}
        for name in types_of(node)
    }


def merge_enums(word: str, nodes: Sequence[Schema]) -> Form | None:
    """Return the form of branches that are all strings, else None."""
    values: list[str] = []
    for node in nodes:
        if not isinstance(node, dict) or types_of(node) not in ((), ("string",)):
            return None
        if not node.keys() & ASSERTIONS <= {"type", "enum"} or "enum" not in node:
            return None
        values += node["enum"]
    strings = [v for v in values if isinstance(v, str)]
    if len(strings) != len(values) or (word == "oneOf" and not are_distinct_strings(values)):
        return None
    return literals({"enum": list(dict.fromkeys(strings))})


def lengths(name: str, node: dict[str, Any]) -> list[str] | None:
    """Return the limits of strings and arrays; None when one is beyond what msgspec counts."""
    limits = {word: node[key] for key, word in LENGTHS.get(name, {}).items() if key in node}
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


def post_init(shape: Shape, names: Mapping[str, str]) -> list[str]:
    """Return the lines of a Struct that ask for one of the choices of its shape."""
    sets = sorted(sorted(names[key] for key in choice) for choice in shape.choices)
    listed = ", ".join(f"({', '.join(map(literal, s))},)" for s in sets)
    check = "require_one" if shape.single else "require_any"
    return ["", "    def __post_init__(self) -> None:", f"        {check}(self, ({listed}))"]
