"""Every keyword that holds schemas, as the meta-schema of draft-07 says, is walked into."""

from __future__ import annotations

import pytest
from jsonschema import Draft7Validator

from codexwire.ir.model import ref_to
from codexwire.ir.walk import children, references, transform

BELOW = {"title": "below", **ref_to("X")}
META = Draft7Validator.META_SCHEMA["properties"]


def holding(schema: str, inside: str = "") -> list[str]:
    """The keywords whose value, or what is inside it, the meta-schema calls a schema or a list of them."""
    found = {
        key: said.get(inside, {}) if inside else said
        for key, said in META.items()
        if said is not True
    }
    refers = {"$ref": schema}
    return sorted(k for k, said in found.items() if refers in (said, *said.get("anyOf", ())))


HOLDING = [
    *(({keyword: BELOW}, (keyword,)) for keyword in holding("#")),
    *(({keyword: [True, BELOW]}, (keyword, 1)) for keyword in holding("#/definitions/schemaArray")),
    *(({k: {"a": BELOW}}, (k, "a")) for k in holding("#", "additionalProperties")),
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
