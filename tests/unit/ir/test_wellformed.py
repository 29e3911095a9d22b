"""What is no schema is refused where it stands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from jsonschema import Draft7Validator

from codexwire.errors import IngestError
from codexwire.ingest import load
from codexwire.ingest.embedded import vendored
from codexwire.ir.wellformed import endless, is_name, malformed
from codexwire.version import Version

PUBLISHED = vendored(Version.parse("0.163.0"))["stable"]


@pytest.mark.parametrize(
    ("schema", "path"),
    [
        ({"properties": []}, ("properties",)),
        ({"properties": {"a": {"type": {}}}}, ("properties", "a", "type")),
        ({"properties": {"a": {"type": "text"}}}, ("properties", "a", "type")),
        ({"type": []}, ("type",)),
        ({"oneOf": [{"enum": ["a"]}, {"enum": {}}]}, ("oneOf", 1, "enum")),
        ({"anyOf": [7]}, ("anyOf",)),
        ({"items": {"required": True}}, ("items", "required")),
        ({"description": None}, ("description",)),
        ({"minLength": -1}, ("minLength",)),
        ({"maxItems": 1.5}, ("maxItems",)),
        ({"minProperties": True}, ("minProperties",)),
        ({"minimum": "1"}, ("minimum",)),
        ({"multipleOf": 0}, ("multipleOf",)),
        ({"uniqueItems": 1}, ("uniqueItems",)),
        ({"pattern": 1}, ("pattern",)),
        ({"dependencies": {"a": "b"}}, ("dependencies",)),
        ({"dependencies": {"a": {"items": 1}}}, ("dependencies", "a", "items")),
        ({"propertyNames": {"contains": []}}, ("propertyNames", "contains")),
        ({"if": {"then": 1}}, ("if", "then")),
        ({"else": {"items": [{"type": 1}]}}, ("else", "items", 0, "type")),
        ({"definitions": {"A": {"not": 1}}}, ("definitions", "A", "not")),
    ],
)
def test_a_keyword_of_the_wrong_kind_is_found(schema: Any, path: tuple[object, ...]) -> None:
    assert [found for found, _ in malformed(schema)] == [path]


@pytest.mark.parametrize(
    ("keyword", "wanted"),
    [
        ("$ref", "a string"),
        ("allOf", "a list of schemas"),
        ("dependencies", "an object of schemas and lists of strings"),
        ("enum", "a list"),
        ("items", "a schema or a list of schemas"),
        ("maxItems", "a whole number of 0 or more"),
        ("minimum", "a number"),
        ("multipleOf", "a number above 0"),
        ("not", "a schema"),
        ("properties", "an object of schemas"),
        ("required", "a list of strings"),
        ("type", "a string or a list of strings, each a JSON type"),
        ("uniqueItems", "true or false"),
    ],
)
def test_what_a_keyword_has_to_be_is_said(keyword: str, wanted: str) -> None:
    assert list(malformed({keyword: None})) == [((keyword,), wanted)]


VALUES: list[Any] = [
    *(
        None,
        True,
        0,
        2.0,
        -1,
        1.5,
        "x",
        "string",
        [True],
        [{}],
        ["a"],
        ["string"],
        ["null", 1],
        [1],
    ),
    *({}, {"a": 1}, {"a": True}, {"a": {}}, {"a": ["b"]}, {"a": [1]}),
    *("array", "boolean", "integer", "null", "number", "object"),
]
META = Draft7Validator(Draft7Validator.META_SCHEMA)
FREE = {"$schema", "$comment", "readOnly", "examples", "contentMediaType", "contentEncoding"}
"""Annotations that nothing here reads: they may have any value."""


@pytest.mark.parametrize("keyword", sorted({*META.schema["properties"]} - FREE))
def test_a_keyword_may_have_the_values_that_the_meta_schema_says(keyword: str) -> None:
    for value in VALUES:
        schema = {keyword: value}
        assert (not list(malformed(schema))) is META.is_valid(schema), value


@pytest.mark.parametrize(
    "schema",
    [
        {"enum": [[], {"a": 1}, None, 1.5, True]},
        {"properties": {'a"b\\c\n': True, "": {}}},
        {"required": [], "enum": [], "items": []},
        {"maxItems": 2.0, "minLength": 0, "multipleOf": 0.01},
        {"dependencies": {"a": ["b"], "c": True, "d": {}}},
        {"unknown": 1, "dependentRequired": [], "x-anything": None},
        {"const": {"type": 1}, "default": {"properties": 1}, "examples": [{"items": 1}]},
        True,
    ],
)
def test_any_schema_of_draft_07_is_well_formed(schema: Any) -> None:
    assert list(malformed(schema)) == []


def test_members_may_be_called_like_keywords() -> None:
    assert list(malformed({"properties": {"type": {"type": "string"}, "required": True}})) == []


def test_published_schemas_are_well_formed() -> None:
    definitions = json.loads(PUBLISHED.read_text("utf-8"))["definitions"]
    assert list(malformed({"properties": definitions.pop("v2")})) == []
    assert list(malformed({"properties": definitions})) == []


def test_recursion_through_a_property_or_an_item_ends() -> None:
    tree = {"properties": {"left": {"$ref": "#/definitions/Tree"}}}
    value = {"anyOf": [{"type": "string"}, {"items": {"$ref": "#/definitions/Value"}}]}
    assert endless({"Tree": tree, "Value": value}) is None


def test_a_circle_of_references_and_unions_is_found() -> None:
    types = {
        "A": {"oneOf": [{"type": "null"}, {"$ref": "#/definitions/v2/B"}]},
        "v2/B": {"allOf": [{"$ref": "#/definitions/A"}]},
    }
    assert endless(types) in [("A", ("oneOf", 1)), ("v2/B", ("allOf", 0))]


@pytest.mark.parametrize(
    "path", [("not",), ("if",), ("then",), ("else",), ("dependencies", "a")], ids=str
)
def test_a_circle_through_conditions_is_found(path: tuple[str, ...]) -> None:
    node: dict[str, Any] = {"$ref": "#/definitions/A"}
    for step in reversed(path):
        node = {step: node}
    assert endless({"A": node}) == ("A", path)


def test_what_stands_beside_a_reference_makes_no_circle() -> None:
    node = {"$ref": "#/definitions/B", "allOf": [{"$ref": "#/definitions/A"}]}
    assert endless({"A": node, "B": {"dependencies": {"a": ["b"]}}}) is None


def test_ingest_refuses_it_with_file_and_pointer(tmp_path: Path) -> None:
    document = json.loads(PUBLISHED.read_text("utf-8"))
    document["definitions"]["v2"]["Turn"]["properties"]["id"]["type"] = {"string": True}
    broken = tmp_path / "broken.json"
    broken.write_text(json.dumps(document))
    with pytest.raises(IngestError, match="'type' must be a string or a list") as caught:
        load(broken)
    location = caught.value.location
    assert location is not None
    assert location.pointer == "/definitions/v2/Turn/properties/id/type"


def test_a_name_holds_nothing_that_structs_refuse_or_that_ends_a_line() -> None:
    """U+007F is a control character too; JavaScript ends lines at U+2028 and U+2029."""
    for letter in map(chr, (*range(0x100), *range(0x2020, 0x2030))):
        try:
            msgspec.defstruct("S", [("a", int, msgspec.field(name=f"a{letter}b"))])
        except ValueError:
            allowed = False
        else:
            allowed = letter not in "\x7f\u2028\u2029"
        assert is_name(f"a{letter}b") is allowed, letter.encode("unicode_escape")
