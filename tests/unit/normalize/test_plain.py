"""Schemas that must all fit become one, which admits what all of them do."""

from __future__ import annotations

from typing import Any

import pytest

from codexwire.ir.model import Protocol, TypeDef, ref_to
from codexwire.normalize.plain import prepared

TEXT, WHOLE = {"type": "string"}, {"type": "integer"}
EITHER = [TEXT, WHOLE]


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        ({"type": ["string", "null"]}, {"type": "string"}, {"type": "string"}),
        ({"type": "number"}, {"type": "integer"}, {"type": "integer"}),
        ({"enum": [1, 2]}, {"enum": [2, 3]}, {"enum": [2]}),
        ({"required": ["a"]}, {"required": ["b", "a"]}, {"required": ["a", "b"]}),
        ({"properties": {"a": TEXT}}, {"properties": {"b": WHOLE}}, {"properties": {"a": TEXT, "b": WHOLE}}),
        ({"properties": {"a": True}}, {"properties": {"a": TEXT}}, {"properties": {"a": TEXT}}),
        ({"additionalProperties": True}, {"additionalProperties": False}, {"additionalProperties": False}),
        ({"items": {}}, {"items": TEXT}, {"items": TEXT}),
        ({"minimum": 1}, {"format": "int32"}, {"minimum": 1, "format": "int32"}),
        ({"minLength": 1}, {"const": "x"}, {"minLength": 1, "const": "x"}),
        ({"anyOf": EITHER}, TEXT, {"anyOf": EITHER, **TEXT}),
        ({"oneOf": EITHER}, {"anyOf": EITHER}, {"oneOf": EITHER, "anyOf": EITHER}),
        (
            {"patternProperties": {"^a": TEXT}, "additionalProperties": False},
            {"patternProperties": {"^b": TEXT}},
            {"patternProperties": {"^a": TEXT, "^b": TEXT}, "additionalProperties": TEXT},
        ),
    ],
    ids=str,
)  # fmt: skip
def test_what_fits_both(one: dict[str, Any], other: dict[str, Any], both: dict[str, Any]) -> None:
    assert plain({"allOf": [one, other]}) == both
    assert plain({**other, "allOf": [one]}) == both


@pytest.mark.parametrize("word", ["anyOf", "oneOf"])
def test_a_union_of_one_is_that_one(word: str) -> None:
    assert plain({word: [TEXT]}) == {"allOf": [TEXT]}
    assert plain({word: [True, TEXT]}) == {word: [True, TEXT]}


@pytest.mark.parametrize("end", [{"additionalItems": False}, {"maxItems": 1}], ids=str)
def test_a_tuple_that_is_referred_to_keeps_its_end(end: dict[str, Any]) -> None:
    found = plain({"allOf": [ref_to("Tuple"), {"type": "array"}]}, Tuple={"items": [TEXT], **end})
    assert found == {"items": TEXT, "type": "array", **end}


def plain(schema: dict[str, Any], **others: Any) -> Any:
    types = {name: TypeDef(name, node) for name, node in {"T": schema, **others}.items()}
    return prepared(Protocol("test", None, (), types, ())).types["T"].schema
