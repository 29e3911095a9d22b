"""The table of types for decoders in other languages: one row for every way of writing a type."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fuzzing.schema_fuzzer import bundle

import codexwire
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


SCALARS = {"string": str, "integer": int, "number": float, "null": type(None)}


def taken(row: Any, value: Any) -> bool:
    """Whether a type of the table takes a value, as the table's docstring says of it."""
    if isinstance(row, str):
        return row == "any" or type(value) is SCALARS[row]
    kind, *inner = row
    if kind == "or":
        return any(taken(branch, value) for branch in inner)
    if kind == "is":
        return value in inner
    found = value if kind == "list" else value.values() if isinstance(value, dict) else None
    return type(value) is {"list": list, "map": dict}[kind] and all(taken(*inner, v) for v in found)


@pytest.mark.parametrize(
    ("listed", "another"),
    [(0.5, 7), (0.5, 1.5), ([1], ["x", [None]]), ({"k": 1}, {"x": "y"}), (None, None)],
)
def test_a_listed_value_that_is_no_scalar_stands_for_all_of_its_kind(
    listed: Any, another: Any, tmp_path: Path
) -> None:
    value = {"anyOf": [{"enum": ["a"]}, {"enum": [listed]}]}
    subject = {"type": "object", "required": ["v"], "properties": {"v": value}}
    (tmp_path / "schema.json").write_text(json.dumps(bundle({"Subject": subject})))
    _, ((_, row, _),) = decoder_table(load(tmp_path / "schema.json"))["TYPES"]["Subject"]
    assert all(taken(row, value) for value in ("a", listed, another))
    assert not taken(row, "b")
    assert not taken(row, True)


OBJECT = {"type": "object", "properties": {"a": {"type": "string"}}}


@pytest.mark.parametrize(
    ("subject", "rest"),
    [
        (OBJECT, None),
        ({**OBJECT, "additionalProperties": False}, None),
        ({**OBJECT, "additionalProperties": True}, "any"),
        ({**OBJECT, "additionalProperties": {}}, "any"),
        ({**OBJECT, "additionalProperties": {"type": "integer"}}, "integer"),
        ({"allOf": [{**OBJECT, "additionalProperties": True}, OBJECT]}, "any"),
    ],
    ids=str,
)
def test_further_members_are_known_where_the_schema_says_so(
    tmp_path: Path, subject: dict[str, Any], rest: str | None
) -> None:
    """They are no drift then: in Python by the class, in other languages by the table."""
    path = tmp_path / "schema.json"
    path.write_text(json.dumps(bundle({"Subject": subject})), "utf-8")
    row = decoder_table(load(str(path)))["TYPES"]["Subject"]
    assert row[2:] == ([rest] if rest else [])
    (made,) = codexwire.generate(str(path), out=tmp_path, project_rules=False)
    text = b"".join(content for name, content in made.files.items() if name.startswith("models/"))
    assert (b"class Subject(CatchAllModel)" in text) is bool(rest)
