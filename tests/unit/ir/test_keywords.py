"""Keywords that draft-07 does not have, and patterns that cannot be evaluated, are named."""

from __future__ import annotations

import pytest
from jsonschema import Draft7Validator

from codexwire.direction import Kind, Side
from codexwire.ir.hole import Hole, HoleKind
from codexwire.ir.keywords import ANNOTATIONS, ASSERTIONS, unknown_keywords
from codexwire.ir.model import Method, Protocol, Schema, TypeDef


def protocol_of(schema: Schema, **branch: Schema) -> Protocol:
    properties = {"method": {"type": "string", "enum": ["a/b"]}, **branch}
    method = Method("a/b", Side.CLIENT, Kind.REQUEST, {"properties": properties})
    beside = {"ClientRequest": {"trace": {"nullable": True}}} if branch else {}
    return Protocol("test", None, (), {"v2/Thing": TypeDef("v2/Thing", schema)}, (method,), beside)


def hole(place: str, name: str, text: str) -> Hole:
    return Hole(HoleKind.KEYWORD, place, name, text)


def test_a_keyword_of_a_later_draft_is_named_where_it_stands() -> None:
    schema: Schema = {"properties": {"a/b": {"items": [{"dependentRequired": {"a": ["b"]}}]}}}
    assert list(unknown_keywords(protocol_of(schema))) == [
        hole(
            "v2/Thing#/properties/a~1b/items/0",
            "dependentRequired",
            "the keyword 'dependentRequired' is not checked",
        )
    ]


def test_methods_and_what_stands_beside_them_are_searched() -> None:
    found = list(unknown_keywords(protocol_of(True, params={"unevaluatedProperties": False})))
    assert [(h.place, h.name) for h in found] == [
        ("client request a/b#/properties/params", "unevaluatedProperties"),
        ("ClientRequest.trace#", "nullable"),
    ]


def test_keywords_of_draft_07_and_extensions_are_not_named() -> None:
    schema: Schema = {
        "$comment": "",
        "contentEncoding": "base64",
        "contentMediaType": "text/plain",
        "default": {"unknown": 1},
        "enum": [{"unknown": 1}],
        "examples": [{"unknown": 1}],
        "if": True,
        "properties": {"unknown": {"pattern": "^[a-z]$"}},
        "propertyNames": {"pattern": r"\d"},
        "x-unit": "ms",
    }
    assert list(unknown_keywords(protocol_of(schema))) == []


# `discriminator` and `deprecated` are of OpenAPI and of later drafts, and common beside draft-07's own.
KNOWN = {*Draft7Validator.META_SCHEMA["properties"], "writeOnly", "deprecated", "discriminator"}


def test_the_keywords_of_draft_07_are_known() -> None:
    assert KNOWN == ASSERTIONS | ANNOTATIONS
    assert {*Draft7Validator.VALIDATORS, "then", "else"} == ASSERTIONS  # "if" does both there
    assert list(unknown_keywords(protocol_of(dict.fromkeys(KNOWN, "x")))) == []


@pytest.mark.parametrize("keyword", ["$defs", "$id2", "minContains", "nullable", "Type"])
def test_no_other_keyword_is_known(keyword: str) -> None:
    assert [hole.name for hole in unknown_keywords(protocol_of({keyword: "x"}))] == [keyword]


def test_a_pattern_that_cannot_be_evaluated_is_named() -> None:
    schema: Schema = {
        "dependencies": {"a": {"pattern": r"\p{L}"}},
        "patternProperties": {"^a": True, "(": {"pattern": "^b"}},
    }
    assert list(unknown_keywords(protocol_of(schema))) == [
        hole("v2/Thing#", "patternProperties", "the pattern '(' is not checked"),
        hole("v2/Thing#/dependencies/a", "pattern", r"the pattern '\\p{L}' is not checked"),
    ]


def test_what_stands_beside_a_reference_is_no_pattern() -> None:
    schema: Schema = {"$ref": "#/definitions/v2/Thing", "pattern": "("}
    assert list(unknown_keywords(protocol_of(schema))) == []
