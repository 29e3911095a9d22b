"""What violations say: what was expected, what came instead, and nothing of the values unasked."""

from __future__ import annotations

import pytest
from jsonschema import Draft7Validator
from protocols import protocol_of

from codexwire import ingest, normalize, wire
from codexwire.direction import Side
from codexwire.errors import UsageError
from codexwire.ir.model import Schema

SECRET = "hunter2"


def test_a_missing_property_that_stands_there_in_another_spelling() -> None:
    validators = wire.compile(normalize.normalize(ingest.load("0.163.0")).protocol)
    params = {"more": 1, "thread_id": "t", "turnId": "u"}
    message = {"id": 1, "method": "turn/interrupt", "params": params}
    (found,) = validators.check_message(message, Side.CLIENT)
    assert found.message == (
        "the property 'threadId' is missing; is it what 'thread_id' should be?"
    )
    with pytest.raises(UsageError, match="no type 'v2/Thred' \\(did you mean 'v2/Thread'"):
        validators.check_type("v2/Thred", {})


EXAMPLES: dict[str, object] = {
    "null": None,
    "boolean": True,
    "integer": 1,
    "number": 1.5,
    "string": "",
    "array": [],
    "object": {},
}


@pytest.mark.parametrize("wanted", EXAMPLES)
def test_a_value_of_another_type_is_told_by_its_own(wanted: str) -> None:
    schema = {"type": wanted}
    validators, oracle = wire.compile(protocol_of(T=schema)), Draft7Validator(schema)
    for kind, value in EXAMPLES.items():
        found = [violation.message for violation in validators.check_type("T", value)]
        assert found == ([] if oracle.is_valid(value) else [f"expected {wanted}, got {kind}"])


@pytest.mark.parametrize(
    ("keyword", "limit", "value", "expected"),
    [
        ("minimum", 2, 1, "at least 2"),
        ("maximum", 2.0, 3, "at most 2"),
        ("exclusiveMinimum", 1.5, 1.5, "more than 1.5"),
        ("exclusiveMaximum", 2, 2, "less than 2"),
        ("multipleOf", 2, 3, "a multiple of 2"),
        ("minLength", 2, "a", "2 or more characters"),
        ("maxLength", 2, "abc", "2 or fewer characters"),
        ("minItems", 2, [0], "2 or more items"),
        ("maxItems", 2, [0, 0, 0], "2 or fewer items"),
        ("minProperties", 2, {"a": 0}, "2 or more properties"),
        ("maxProperties", 1, {"a": 0, "b": 0}, "1 or fewer properties"),
    ],
)
def test_a_limit_is_said_in_words(keyword: str, limit: float, value: object, expected: str) -> None:
    (found,) = wire.compile(protocol_of(T={keyword: limit})).check_type("T", value)
    assert found.expected == expected
    assert found.message.startswith(f"expected {expected}, got ")


def test_a_number_out_of_its_range_is_told_the_range_where_formats_assert() -> None:
    protocol = protocol_of(T={"format": "uint8"})
    strict, lax = wire.compile(protocol, formats=True), wire.compile(protocol)
    for value in (256, -1):
        (found,) = strict.check_type("T", value)
        assert found.rule == "schema/format"
        assert found.message == "expected uint8 (0 to 255), got an integer outside"
        assert lax.check_type("T", value) == ()
    for allowed in (255, 256.5, "256"):
        assert strict.check_type("T", allowed) == ()


def test_values_show_only_when_asked() -> None:
    params: Schema = {
        "type": "object",
        "properties": {
            "number": {"type": "integer"},
            "word": {"type": "string", "enum": ["a"]},
            "short": {"type": "string", "maxLength": 2},
            "tagged": {
                "oneOf": [
                    {
                        "type": "object",
                        "required": ["type"],
                        "properties": {"type": {"type": "string", "enum": [tag]}},
                    }
                    for tag in ("a", "b")
                ]
            },
        },
    }
    validators = wire.compile(protocol_of(Params=params))
    values = {"number": SECRET, "word": SECRET, "short": SECRET, "tagged": {"type": SECRET}}
    message = {"method": "note", "params": values}
    hidden = validators.check_message(message, Side.SERVER)
    shown = validators.check_message(message, Side.SERVER, show_values=True)
    assert [v.pointer for v in hidden] == [v.pointer for v in shown]
    assert len(hidden) == 4
    assert SECRET not in str(hidden)
    assert all(SECRET in violation.got for violation in shown)


def test_of_long_values_and_names_the_beginning_shows() -> None:
    validators = wire.compile(protocol_of(Params={"type": "integer"}))
    message = {"method": "note", "params": "x" * 1000}
    (found,) = validators.check_message(message, Side.SERVER, show_values=True)
    assert "x" * 100 in found.got
    assert len(found.got) < 200
    (found,) = validators.check_message({"method": "m" * 1000}, Side.SERVER)
    assert "m" * 50 in found.message
    assert len(found.message) < 200
