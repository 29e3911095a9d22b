"""The table of types for decoders in other languages: one row for every way of writing a type."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from fuzzing.schema_fuzzer import bundle

from codexwire.emit.decoder_table import decoder_table
from codexwire.ingest import load


def one(value: str) -> dict[str, Any]:
    return {"type": "string", "enum": [value]}


def ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/definitions/v2/{name}"}


def variant(tag: str) -> dict[str, Any]:
    return {"type": "object", "required": ["type"], "properties": {"type": one(tag)}}


TYPES = {
    "Subject": {
        "type": "object",
        "required": ["threadId", "kind", "shape"],
        "properties": {
            "threadId": {"type": "string", "minLength": 1},
            "kind": {"enum": ["a", "b"]},
            "shape": {"oneOf": [variant("round"), variant("flat")]},
            "count": {"type": ["integer", "null"], "minimum": 0},
            "size": {"type": "number", "default": 1},
            "_meta": True,
            "decision": {"anyOf": [one("yes"), {"type": "string"}, {"type": "null"}]},
            "tree": ref("Tree"),
            "source": {
                "oneOf": [
                    one("cli"),
                    {"type": "object", "required": ["at"], "properties": {"at": {}}},
                    {},
                ]
            },
        },
        "additionalProperties": {"type": "boolean"},
    },
    "Tree": {"type": "array", "items": {"anyOf": [{"type": "string"}, ref("Tree")]}},
    "Unused": {"type": "object", "properties": {"a": {"type": "string"}}},
}


def test_every_kind_of_type_has_its_row(tmp_path: Path) -> None:
    (tmp_path / "schema.json").write_text(json.dumps(bundle(TYPES)))
    table = decoder_table(load(tmp_path / "schema.json"))
    rows = table["TYPES"]
    assert "Unused" not in rows
    assert table["CLIENT_REQUESTS"]["ask"] == ["Subject", None, False]
    assert rows["Subject"] == [
        "object",
        [
            ["threadId", ["string", 1], 1],
            ["kind", "SubjectKind", 1],
            ["shape", "SubjectShape", 1],
            ["count", ["integer", 0]],
            ["size", ["or", "integer", "number"], 2],
            ["_meta", "any", 0, "meta"],
            ["decision", "SubjectDecision"],
            ["tree", "Tree"],
            ["source", "SubjectSource"],
        ],
        "boolean",
    ]
    assert rows["SubjectDecision"] == ["or", "SubjectDecisionValue", "string"]
    assert rows["SubjectSource"] == [
        "first",
        ["or", "SubjectSourceValue", "AtSubjectSource", "any"],
    ]
    assert rows["SubjectKind"] == ["enum", "a", "b"]
    assert rows["SubjectShape"] == [
        "tagged",
        "type",
        ["or", "RoundSubjectShape", "FlatSubjectShape"],
    ]
    assert rows["RoundSubjectShape"] == ["object", [["type", ["is", "round"], 1]]]
    assert "alias" in {rows["Tree"][0], rows["TreeItem"][0]}
