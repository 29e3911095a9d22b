"""A bundle in a later draft of JSON Schema gives the same protocol; an unknown draft is a hole."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from codexwire.ingest import load
from codexwire.ingest.drafts import as_draft_07
from codexwire.ir.hole import HoleKind

GOLDEN = Path(__file__).parents[2] / "golden" / "stable.json"
LATER = "https://json-schema.org/draft/2020-12/schema"


def written(tmp_path: Path, value: dict[str, Any]) -> Path:
    path = tmp_path / "schema.json"
    path.write_text(json.dumps(value), "utf-8")
    return path


@pytest.mark.parametrize("draft", [LATER, "https://json-schema.org/draft/2019-09/schema"])
def test_a_bundle_of_a_later_draft_is_the_same_protocol(tmp_path: Path, draft: str) -> None:
    text = GOLDEN.read_text("utf-8").replace("#/definitions/", "#/$defs/")
    value = json.loads(text)
    value["$defs"] = value.pop("definitions")
    value["$schema"] = draft
    found, published = load(written(tmp_path, value)), load(GOLDEN)
    assert found.types == published.types
    assert found.methods == published.methods
    assert found.holes == ()


@pytest.mark.parametrize("draft", ["https://json-schema.org/draft/2030-01/schema", 7, "x"])
def test_a_draft_that_is_not_known_is_read_as_draft_07(tmp_path: Path, draft: object) -> None:
    value = json.loads(GOLDEN.read_text("utf-8"))
    value["$schema"] = draft
    found, published = load(written(tmp_path, value)), load(GOLDEN)
    assert found.types == published.types
    assert [(hole.kind, hole.name) for hole in found.holes] == [(HoleKind.KEYWORD, "$schema")]


VALUES: list[Any] = [{}, {"a": 1}, {"a": 1, "b": 2}, {"a": "x", "b": 1, "c": 1}, [], [1], [1, "x"]]
VALUES += [[1, "x", 3], ["x"], 1, "x", {"$defs": 1}, {"enum": [1]}]


@pytest.mark.parametrize(
    "schema",
    [
        {"prefixItems": [{"type": "integer"}, {"type": "string"}], "items": False},
        {"prefixItems": [{"type": "integer"}]},
        {"items": {"type": "integer"}},
        {"dependentRequired": {"a": ["b"]}},
        {"dependentSchemas": {"a": {"properties": {"b": {"type": "string"}}}}},
        {"dependentRequired": {"a": ["b"]}, "dependentSchemas": {"a": {"required": ["c"]}}},
        {"$defs": {"T": {"type": "object"}}, "$ref": "#/$defs/T", "required": ["a"]},
        {"$defs": {"T": {"type": "object"}}, "$ref": "#/$defs/T", "allOf": [{"required": ["b"]}]},
        {"const": {"$defs": 1}},
        {"enum": [{"enum": [1]}, {"prefixItems": 1}]},
        {"properties": {"a": {"prefixItems": [True]}, "items": {"type": "string"}}},
    ],
)
def test_the_translation_means_the_same(schema: dict[str, Any]) -> None:
    translated, holes = as_draft_07({"$schema": LATER, **json.loads(json.dumps(schema))})
    assert holes == ()
    later = jsonschema.Draft202012Validator(schema)
    earlier = jsonschema.Draft7Validator(translated)
    for value in VALUES:
        assert earlier.is_valid(value) is later.is_valid(value), value


TUPLE = {"prefixItems": [True]}
VALUE = {"$defs": {"a": TUPLE}}


@pytest.mark.parametrize("keyword", ["const", "default", "enum", "examples"])
def test_values_are_left_alone(keyword: str) -> None:
    value = [VALUE] if keyword in ("enum", "examples") else VALUE
    assert as_draft_07({"$schema": LATER, keyword: value}) == ({keyword: value}, ())


@pytest.mark.parametrize(
    "keyword", ["properties", "patternProperties", "definitions", "$defs", "dependentSchemas"]
)
def test_members_may_be_called_like_keywords(keyword: str) -> None:
    names = ("const", "prefixItems", "$defs", "dependentRequired")
    translated, _ = as_draft_07({"$schema": LATER, keyword: dict.fromkeys(names, TUPLE)})
    (found,) = translated.values()
    assert found == {name: {"items": [True]} for name in names}


@pytest.mark.parametrize("draft", ["draft-06", "draft-07"])
def test_these_drafts_are_read_as_they_are(draft: str) -> None:
    schema = {"$schema": f"http://json-schema.org/{draft}/schema#", **TUPLE}
    assert as_draft_07(schema) == (schema, ())


def test_annotations_may_stand_beside_a_reference() -> None:
    schema = {"$ref": "#/definitions/T", "title": "T", "deprecated": True, "default": 1}
    assert as_draft_07({"$schema": LATER, **schema}) == (schema, ())
