from __future__ import annotations

from typing import Any

import pytest

from codexwire.ingest import load
from codexwire.ir.nodes import enum_values, split_nullable, union_of, unwrap

PROTOCOL = load("0.163.0")


@pytest.mark.parametrize(
    ("schema", "inner", "nullable"),
    [
        ({"type": ["string", "null"]}, {"type": "string"}, True),
        ({"type": ["string", "integer", "null"]}, {"type": ["string", "integer"]}, True),
        (
            {"anyOf": [{"$ref": "#/definitions/X"}, {"type": "null"}]},
            {"$ref": "#/definitions/X"},
            True,
        ),
        (
            {"allOf": [{"$ref": "#/definitions/X"}], "default": 1},
            {"$ref": "#/definitions/X"},
            False,
        ),
        ({"type": "string"}, {"type": "string"}, False),
        (True, True, False),
    ],
)
def test_split_nullable(schema: Any, inner: Any, nullable: bool) -> None:
    assert split_nullable(schema) == (inner, nullable)


def test_unwrap_keeps_what_asserts() -> None:
    schema = {"allOf": [{"type": "object"}], "required": ["a"]}
    assert unwrap(schema) is schema


USUAL_TAGS = ("method", "type", "kind", "mode", "status", "op", "action")


@pytest.mark.parametrize("tag", USUAL_TAGS)
def test_what_is_usually_a_tag_is_taken_before_others(tag: str) -> None:
    """Before any other word, and before the usual ones that say less."""
    names = ["aaa", *USUAL_TAGS[USUAL_TAGS.index(tag) :]]

    def branch(value: str) -> dict[str, Any]:
        values = {name: {"enum": [value]} for name in names}
        return {"type": "object", "properties": values, "required": names}

    found = union_of(PROTOCOL, {"oneOf": [branch("x"), branch("y")]})
    assert found is not None
    assert found.tag == tag


def test_documented_enum_is_an_enum() -> None:
    schema = {"oneOf": [{"enum": ["a", "b"], "type": "string"}, {"enum": ["c"], "type": "string"}]}
    assert enum_values(schema) == ("a", "b", "c")


@pytest.mark.parametrize(
    ("name", "tag"),
    [
        ("v2/ThreadItem", "type"),
        ("v2/UserInput", "type"),
        ("McpServerElicitationRequestParams", "mode"),
        ("v2/HookMetadata", "handlerType"),
        ("v2/FileSystemSpecialPath", "kind"),
        ("v2/CodexErrorInfo", ""),
        ("v2/AskForApproval", ""),
        ("v2/SessionSource", ""),
        ("FileChange", "type"),
        ("RequestId", None),
        ("McpElicitationPrimitiveSchema", None),
    ],
)
def test_unions_are_told_apart_by_what_the_schema_says(name: str, tag: str | None) -> None:
    union = union_of(PROTOCOL, PROTOCOL.types[name].schema)
    assert union is not None
    assert union.tag == tag
    if tag:
        tags = [v.tag for v in union.variants]
        assert len(set(tags)) == len(tags)
        assert None not in tags


def test_a_string_enum_is_no_union() -> None:
    assert union_of(PROTOCOL, PROTOCOL.types["v2/TurnStatus"].schema) is None
