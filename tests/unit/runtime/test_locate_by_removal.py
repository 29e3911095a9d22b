"""What makes a message invalid is found by leaving out one part after another."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft7Validator

from codexwire.runtime import locate_by_removal as module
from codexwire.runtime.locate_by_removal import locate_by_removal

CLOSED: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "id": {"type": "integer"},
        "name": {"type": "string"},
        "turns": {"type": "array", "items": {"$ref": "#"}},
    },
    "required": ["id"],
}
"""A made-up type that is closed, and has an optional property that takes no null."""


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({"id": 1, "more": 1}, (("more",), "schema/additionalProperties")),
        ({"id": 1, "name": None}, (("name",), "schema/type")),
        (
            {"id": 1, "turns": [{"id": 2}, {"id": 3, "more": {"a": [{}]}}]},
            (("turns", 1, "more"), "schema/additionalProperties"),
        ),
        ({"id": 1, "turns": [{"id": 2, "name": None}]}, (("turns", 0, "name"), "schema/type")),
        ({"id": 1, "more": 1, "other": 1}, ((), "schema")),
        ({"name": "x"}, ((), "schema")),
        ([1], ((), "schema")),
    ],
)
def test_the_innermost_member_without_which_it_is_valid(value: Any, found: Any) -> None:
    assert locate_by_removal(value, Draft7Validator(CLOSED).is_valid) == found


def test_a_value_that_is_too_large_is_not_searched_to_its_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "_MOST", 50)
    value: dict[str, Any] = {"turns": [{"id": n} for n in range(50)]}
    value["turns"][-1]["more"] = 1

    def accepts(left: dict[str, Any]) -> bool:
        return "turns" in left and "more" not in left["turns"][-1]

    assert locate_by_removal(value, accepts) == ((), "schema")
    del value["turns"][:10]
    assert locate_by_removal(value, accepts)[0] == ("turns", 39, "more")
