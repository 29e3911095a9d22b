"""The keywords of JSON Schema draft-07, and which keywords of a protocol are of no effect."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from codexwire.ir.hole import Hole, HoleKind
from codexwire.ir.model import Protocol, Schema
from codexwire.ir.regex import python_regex
from codexwire.ir.walk import nodes, subschemas
from codexwire.location import join_pointer

__all__ = [
    "ANNOTATIONS",
    "ASSERTIONS",
    "EXACTLY_ONE",
    "REFERENCE",
    "is_keyword",
    "schema_roots",
    "unchecked_patterns",
    "unknown_keywords",
]

REFERENCE, EXACTLY_ONE = "$ref", "oneOf"

ASSERTIONS = frozenset(
    {
        "$ref",
        "additionalItems",
        "additionalProperties",
        "allOf",
        "anyOf",
        "const",
        "contains",
        "dependencies",
        "else",
        "enum",
        "exclusiveMaximum",
        "exclusiveMinimum",
        "format",
        "if",
        "items",
        "maxItems",
        "maxLength",
        "maxProperties",
        "maximum",
        "minItems",
        "minLength",
        "minProperties",
        "minimum",
        "multipleOf",
        "not",
        "oneOf",
        "pattern",
        "patternProperties",
        "properties",
        "propertyNames",
        "required",
        "then",
        "type",
        "uniqueItems",
    }
)
"""The keywords on which it depends whether a value is valid."""

ANNOTATIONS = frozenset(
    {
        "$comment",
        "$id",
        "$schema",
        "contentEncoding",
        "contentMediaType",
        "default",
        "definitions",
        "deprecated",
        "description",
        "discriminator",
        "examples",
        "readOnly",
        "title",
        "writeOnly",
    }
)
"""The keywords that say something else: draft-07's own, and two that are common beside them."""

_KNOWN = ASSERTIONS | ANNOTATIONS


def is_keyword(text: str) -> bool:
    """Whether a keyword is called so, an extension or one of a later draft (`$…`) included."""
    return text in ASSERTIONS or text in ANNOTATIONS or text.startswith(("$", "x-"))


def unknown_keywords(protocol: Protocol) -> Iterator[Hole]:
    """Yield every keyword that draft-07 does not have, and every pattern that cannot be evaluated.

    Draft-07 ignores the former, and so does codexwire; extension keywords (`x-…`) are not named.
    """
    for owner, schema in schema_roots(protocol):
        if any(any(_of_node(node)) for node in nodes(schema)):  # as in `dangling`
            yield from _unknown_in(owner, schema)


def _unknown_in(owner: str, schema: Schema) -> Iterator[Hole]:
    for path, node in subschemas(schema):
        if isinstance(node, dict):
            for keyword, text in _of_node(node):
                place = f"{owner}#{join_pointer(path)}"
                yield Hole(HoleKind.KEYWORD, place, keyword, text)


def _of_node(node: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if not _KNOWN.issuperset(node):
        for keyword in node:
            if keyword not in _KNOWN and not keyword.startswith("x-"):
                yield keyword, f"the keyword {keyword!r} is not checked"
    for keyword, pattern in unchecked_patterns(node):
        yield keyword, f"the pattern {pattern!r} is not checked"


def unchecked_patterns(node: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield keyword and text of the node's own regular expressions that cannot be evaluated."""
    if "$ref" in node:
        return
    if "pattern" in node and python_regex(node["pattern"]) is None:
        yield "pattern", node["pattern"]
    for pattern in node.get("patternProperties", ()):
        if python_regex(pattern) is None:
            yield "patternProperties", pattern


def schema_roots(protocol: Protocol) -> Iterator[tuple[str, Schema]]:
    """Yield all schemas of a protocol, by what reports call their owners, in a fixed order."""
    for name, typedef in protocol.types.items():
        yield name, typedef.schema
    for method in protocol.methods:
        yield f"{method.sender} {method.kind} {method.name}", method.branch
    for union, properties in protocol.envelope.items():
        for key, schema in properties.items():
            yield f"{union}.{key}", schema
