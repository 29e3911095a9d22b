"""Checks that a JSON value is a well-formed schema, so that code that walks schemas can rely on it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any

from codexwire.ir.model import Schema, full_name
from codexwire.ir.walk import children, subschemas
from codexwire.location import JsonPath

__all__ = ["endless", "is_name", "malformed"]

_SAME_VALUE = frozenset({"allOf", "anyOf", "dependencies", "else", "if", "not", "oneOf", "then"})
_NO_NAME = re.compile(r'["\\\x00-\x1f\x7f\u2028\u2029]')


def is_name(text: str) -> bool:
    """Whether a method or a type can be called so: no quotes, backslashes, control characters.

    Struct libraries accept no others, and no protocol has them. A property may be called anything.
    """
    return not _NO_NAME.search(text)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_schema(value: Any) -> bool:
    return isinstance(value, (dict, bool))


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_count(value: Any) -> bool:
    return _is_number(value) and value >= 0 and value % 1 == 0


def _is_divisor(value: Any) -> bool:
    return _is_number(value) and value > 0


def _is_list_of(test: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and all(test(v) for v in value)


def _is_map_of(test: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, dict) and all(test(v) for v in value.values())


def _either(one: Callable[[Any], bool], other: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: one(value) or other(value)


def _is_type(value: Any) -> bool:
    return isinstance(value, str) and value in _TYPES


_TYPES = frozenset({"array", "boolean", "integer", "null", "number", "object", "string"})
_SCHEMA = (_is_schema, "a schema")
_SCHEMAS = (_is_list_of(_is_schema), "a list of schemas")
_NAMED_SCHEMAS = (_is_map_of(_is_schema), "an object of schemas")
_TEXT = (_is_text, "a string")
_NUMBER = (_is_number, "a number")
_COUNT = (_is_count, "a whole number of 0 or more")
_NAMES = _is_list_of(_is_text)

_SHAPES: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "$id": _TEXT,
    "$ref": _TEXT,
    "additionalItems": _SCHEMA,
    "additionalProperties": _SCHEMA,
    "allOf": _SCHEMAS,
    "anyOf": _SCHEMAS,
    "contains": _SCHEMA,
    "definitions": _NAMED_SCHEMAS,
    "dependencies": (
        _is_map_of(_either(_is_schema, _NAMES)),
        "an object of schemas and lists of strings",
    ),
    "description": _TEXT,
    "else": _SCHEMA,
    "enum": (lambda value: isinstance(value, list), "a list"),
    "exclusiveMaximum": _NUMBER,
    "exclusiveMinimum": _NUMBER,
    "format": _TEXT,
    "if": _SCHEMA,
    "items": (_either(_is_schema, _is_list_of(_is_schema)), "a schema or a list of schemas"),
    "maxItems": _COUNT,
    "maxLength": _COUNT,
    "maxProperties": _COUNT,
    "maximum": _NUMBER,
    "minItems": _COUNT,
    "minLength": _COUNT,
    "minProperties": _COUNT,
    "minimum": _NUMBER,
    "multipleOf": (_is_divisor, "a number above 0"),
    "not": _SCHEMA,
    "oneOf": _SCHEMAS,
    "pattern": _TEXT,
    "patternProperties": _NAMED_SCHEMAS,
    "properties": _NAMED_SCHEMAS,
    "propertyNames": _SCHEMA,
    "required": (_NAMES, "a list of strings"),
    "then": _SCHEMA,
    "title": _TEXT,
    "type": (
        _either(_is_type, lambda value: bool(value) and _is_list_of(_is_type)(value)),
        "a string or a list of strings, each a JSON type",
    ),
    "uniqueItems": (lambda value: isinstance(value, bool), "true or false"),
}


def malformed(schema: Any) -> Iterator[tuple[JsonPath, str]]:
    """Yield the path of every keyword below a node whose value is of the wrong kind, and what it must be.

    Keywords that draft-07 does not have may have any value.
    """
    for path, node in subschemas(schema):
        if not isinstance(node, dict):
            continue
        for keyword, value in node.items():
            is_right, wanted = _SHAPES.get(keyword, (None, ""))
            if is_right is not None and not is_right(value):
                yield (*path, keyword), wanted


def endless(types: Mapping[str, Schema]) -> tuple[str, JsonPath] | None:
    """Return type and path of a reference by which a type consists of nothing but itself, if any.

    Recursion is fine when it goes through a property or an item, not when it goes through
    references, unions and conditions alone: following those would never end.
    """
    leads = {name: dict(_alternatives(node)) for name, node in types.items()}
    try:
        TopologicalSorter(leads).prepare()
    except CycleError as error:
        target, owner = error.args[1][:2]  # each is among the predecessors of the next
        return owner, leads[owner][target]
    return None


def _alternatives(schema: Schema, path: JsonPath = ()) -> Iterator[tuple[str, JsonPath]]:
    """Yield the types that a value of this very node is judged by, and where the node refers to them."""
    if not isinstance(schema, dict):
        return
    if "$ref" in schema:
        yield full_name(schema["$ref"]), path
        return
    for step, sub in children(schema):
        if step[0] in _SAME_VALUE:
            yield from _alternatives(sub, path + step)
