"""Whether a JSON value is a schema at all, so that whoever walks one may rely on it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any

from codexwire.ir.model import Schema, full_name
from codexwire.ir.walk import Path, subschemas

__all__ = ["endless", "is_name", "malformed"]

_NO_NAME = re.compile(r'["\\\x00-\x1f\x7f\u2028\u2029]')


def is_name(text: str) -> bool:
    """Whether a method or property can be called so: no quotes, backslashes, control characters.

    Struct libraries accept no others, and no protocol has them.
    """
    return not _NO_NAME.search(text)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_schema(value: Any) -> bool:
    return isinstance(value, (dict, bool))


def _is_scalar(value: Any) -> bool:
    return not isinstance(value, (dict, list))


def _is_list_of(test: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and all(test(v) for v in value)


def _is_map_of(test: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, dict) and all(test(v) for v in value.values())


def _is_text_or_list(value: Any) -> bool:
    return _is_text(value) or _is_list_of(_is_text)(value)


def _is_schema_or_list(value: Any) -> bool:
    return _is_schema(value) or _is_list_of(_is_schema)(value)


_SHAPES: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "$ref": (_is_text, "a string"),
    "additionalItems": (_is_schema, "a schema"),
    "additionalProperties": (_is_schema, "a schema"),
    "allOf": (_is_list_of(_is_schema), "a list of schemas"),
    "anyOf": (_is_list_of(_is_schema), "a list of schemas"),
    "contains": (_is_schema, "a schema"),
    "description": (_is_text, "a string"),
    "enum": (_is_list_of(_is_scalar), "a list of scalars"),
    "format": (_is_text, "a string"),
    "items": (_is_schema_or_list, "a schema"),
    "not": (_is_schema, "a schema"),
    "oneOf": (_is_list_of(_is_schema), "a list of schemas"),
    "patternProperties": (_is_map_of(_is_schema), "an object of schemas"),
    "properties": (_is_map_of(_is_schema), "an object of schemas"),
    "required": (_is_list_of(_is_text), "a list of strings"),
    "title": (_is_text, "a string"),
    "type": (_is_text_or_list, "a string or a list of strings"),
}


def malformed(schema: Any) -> Iterator[tuple[Path, str]]:
    """Yield the path of every keyword below a node whose value is of the wrong kind, and what it must be."""
    for path, node in subschemas(schema):
        if not isinstance(node, dict):
            continue
        for keyword, value in node.items():
            is_right, wanted = _SHAPES.get(keyword, (None, ""))
            if is_right is not None and not is_right(value):
                yield (*path, keyword), wanted


def endless(types: Mapping[str, Schema]) -> tuple[str, Path] | None:
    """Return type and path of a reference by which a type consists of nothing but itself, if any.

    Recursion is fine when it goes through a property or an item, not when it goes through
    references and unions alone: following those would never end.
    """
    leads = {name: dict(_alternatives(node)) for name, node in types.items()}
    try:
        TopologicalSorter(leads).prepare()
    except CycleError as error:
        target, owner = error.args[1][:2]  # each is among the predecessors of the next
        return owner, leads[owner][target]
    return None


def _alternatives(schema: Schema, path: Path = ()) -> Iterator[tuple[str, Path]]:
    """Yield the types that a value of this very node can be, and where the node refers to them."""
    if not isinstance(schema, dict):
        return
    if "$ref" in schema:
        yield full_name(schema["$ref"]), path
    for keyword in ("allOf", "anyOf", "oneOf"):
        for index, branch in enumerate(schema.get(keyword, ())):
            yield from _alternatives(branch, (*path, keyword, index))
