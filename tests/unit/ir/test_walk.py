"""Every keyword of draft-07 that holds schemas is walked into."""

from __future__ import annotations

import pytest

from codexwire.ir.model import ref_to
from codexwire.ir.walk import children, references, transform

BELOW = {"title": "below", **ref_to("X")}
ONE = [
    *("additionalItems", "additionalProperties", "contains", "else", "if", "items", "not"),
    *("propertyNames", "then"),
]
LIST = ["allOf", "anyOf", "items", "oneOf"]
MAP = ["definitions", "dependencies", "patternProperties", "properties"]
HOLDING = [
    *(({keyword: BELOW}, (keyword,)) for keyword in ONE),
    *(({keyword: [True, BELOW]}, (keyword, 1)) for keyword in LIST),
    *(({keyword: {"a": BELOW}}, (keyword, "a")) for keyword in MAP),
]


@pytest.mark.parametrize(("schema", "path"), HOLDING, ids=str)
def test_a_schema_below_a_keyword_is_found_and_changed(
    schema: dict[str, object], path: tuple[str | int, ...]
) -> None:
    assert (path, BELOW) in list(children(schema))
    assert list(references(schema)) == ["X"]
    changed = transform(schema, lambda _, node: False if node is BELOW else node)
    assert (path, False) in list(children(changed))


@pytest.mark.parametrize("keyword", ["const", "default", "enum", "examples", "required"])
def test_values_are_no_schemas(keyword: str) -> None:
    assert list(children({keyword: [BELOW]})) == []
    assert list(children({keyword: BELOW})) == []
