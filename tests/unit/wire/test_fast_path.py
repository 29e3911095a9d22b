"""What the fast path takes, what it leaves to the predicates, and that it never takes too much."""

from __future__ import annotations

import ctypes
import json
from typing import Any

import jsonschema
import pytest
from msgspec.json import Decoder

from codexwire.ir.model import Protocol, Schema, TypeDef
from codexwire.wire.compile import Library

TREE: Schema = {
    "type": "object",
    "properties": {"value": {"type": "integer"}, "next": {"$ref": "#/definitions/Tree"}},
}


def variant(tag: str, **properties: Any) -> dict[str, Any]:
    properties["type"] = {"type": "string", "enum": [tag]}
    return {"type": "object", "required": sorted(properties), "properties": properties}


def one_key(key: str) -> dict[str, Any]:
    return {
        "type": "object",
        "required": [key],
        "properties": {key: {"type": "string"}},
        "additionalProperties": False,
    }


TAGGED: Schema = {"oneOf": [variant("a", n={"type": "integer"}), variant("b")]}
EXTERNAL: Schema = {"oneOf": [{"type": "string", "enum": ["x"]}, one_key("a"), one_key("b")]}
OVERLAPPING_ENUMS: Schema = {
    "oneOf": [{"type": "string", "enum": ["x", "y"]}, {"type": "string", "enum": ["y"]}]
}
OVERLAPPING_OBJECTS: Schema = {
    "oneOf": [
        {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}},
        {"type": "object", "required": ["b"], "properties": {"b": {"type": "string"}}},
    ]
}
HALF_TAGGED: Schema = {
    "oneOf": [
        {**variant("a"), "properties": {"type": {"enum": ["a"], "not": {"enum": ["a"]}}}},
        variant("b"),
    ]
}
KEYS_BESIDE: Schema = {
    "type": "object",
    "required": ["id"],
    "properties": {"id": {"type": "string"}},
    "anyOf": [
        {"type": "object", "required": ["url"], "properties": {"url": {"type": "string"}}},
        {"type": "object", "required": ["file"], "properties": {"file": {"type": "string"}}},
    ],
}
CONFLICT: Schema = {
    "type": "object",
    "properties": {"a": {"type": "string"}},
    "oneOf": [{"type": "object", "required": ["a"], "properties": {"a": {"minLength": 3}}}],
}
CATCH_ALL: Schema = {
    "anyOf": [{"type": "string", "enum": ["x"]}, one_key("a"), {"type": ["string", "object"]}]
}
IMPOSSIBLE: Schema = {"type": "object", "properties": {"never": False, "odd": {"enum": [1, True]}}}

# (schema, values that the fast path takes, values that it does not)
CASES: dict[str, tuple[Schema, list[Any], list[Any]]] = {
    "integer": ({"type": "integer"}, [0, -1, 2**70], [True, 1.0, 1.5, "1", None]),
    "number": ({"type": "number"}, [0, 1.5, 2**70], [True, "1", None]),
    "minimum": ({"type": "integer", "minimum": 0}, [0, 2**63, 2**70], [-1, -(2**70)]),
    "half a minimum": ({"type": "integer", "minimum": 0.5}, [], [0, 1]),
    "bound beyond 64 bits": ({"type": "integer", "maximum": 2**64}, [], [0, 2**64 + 1]),
    "a lone tag": (
        {"oneOf": [variant("a"), variant("b", never=False)]},
        [],
        [{"type": "a"}, {}, {"type": "b"}],
    ),
    "string": ({"type": "string", "minLength": 1}, ["x"], ["", None, 1]),
    "maximum": ({"type": "integer", "maximum": 3}, [3, -(2**40)], [4]),
    "between": ({"type": "integer", "exclusiveMinimum": 0, "exclusiveMaximum": 3}, [1, 2], [0, 3]),
    "short": ({"type": "string", "maxLength": 1}, ["", "x"], ["xx"]),
    "some": ({"type": "array", "minItems": 1, "maxItems": 2}, [[1], [1, 2]], [[], [1, 2, 3]]),
    "anything": (True, [None, [{}]], []),
    "impossible properties": (IMPOSSIBLE, [{}, {"x": 1}], [{"never": None}, {"odd": True}]),
    "array": ({"type": "array", "items": {"type": "string"}}, [[], ["a"]], [["a", None], {}]),
    "array of the impossible": ({"type": "array", "items": False}, [[]], [[None]]),
    "map": (
        {"type": "object", "additionalProperties": {"type": "integer"}},
        [{}, {"a": 1}],
        [{"a": "1"}, []],
    ),
    "map of the impossible": (
        {"type": "object", "additionalProperties": {"enum": [1]}},
        [{}],
        [{"a": 1}, {"a": 2}],
    ),
    "tagged": (
        TAGGED,
        [{"type": "a", "n": 1}, {"n": 1, "type": "a"}, {"type": "b", "n": "any"}],
        [{"type": "a"}, {"type": "c"}, {"type": None}, {}, "a", None],
    ),
    "externally tagged": (
        EXTERNAL,
        ["x", {"a": ""}, {"b": ""}],
        ["y", {}, {"a": "", "b": ""}, {"a": "", "c": 1}, {"a": 1}, None],
    ),
    "enums that overlap": (OVERLAPPING_ENUMS, [], ["x", "y"]),
    "objects that overlap": (OVERLAPPING_OBJECTS, [], [{"a": ""}, {"a": "", "b": ""}]),
    "a tag with more to it": (HALF_TAGGED, [], [{"type": "a"}, {"type": "b"}]),
    "keys beside a union": (
        KEYS_BESIDE,
        [{"id": "", "url": ""}, {"id": "", "file": ""}, {"id": "", "file": "", "url": ""}],
        [{"id": ""}, {"url": ""}, {"id": "", "url": 1}, {"id": "", "file": "", "url": 1}],
    ),
    "two words on one property": (CONFLICT, [], [{"a": "abc"}, {"a": "ab"}]),
    "catch-all branch": (CATCH_ALL, ["x", "other", {}, {"a": 1}], [None, 1, []]),
    "null or": ({"anyOf": [TAGGED, {"type": "null"}]}, [None, {"type": "b"}], [{}, 1]),
    "recursive": ({"$ref": "#/definitions/Tree"}, [{}, {"value": 1}], [{"value": "1"}]),
    "closed": (
        {"type": "object", "properties": {"a": True}, "additionalProperties": False},
        [{}, {"a": [1]}],
        [{"b": 1}],
    ),
    "names that its Structs are made of": (
        {
            "type": "object",
            "properties": {
                k: {"type": "string", "minLength": 1}
                for k in (
                    "Annotated",
                    "Meta",
                    "Raw",
                    "OPTIONAL",
                    "UnsetType",
                    "field",
                    "str",
                    "last-one",
                )
            },
        },
        [{"Meta": "x", "last-one": "y"}, {"Raw": "z"}],
        [{"Meta": ""}, {"last-one": 1}],
    ),
    "names that msgspec refuses": (
        {"type": "object", "properties": {'a"b': {"type": "string"}, "\n": True}},
        [],
        [{}, {'a"b': "x"}, {'a"b': 1}],
    ),
    "an enum of half a character": ({"enum": ["\ud800", "x"]}, ["x"], ["\ud800", "y"]),
    "both bounds": ({"type": "integer", "minimum": 0, "exclusiveMinimum": 0}, [], [0, 1]),
    "a length beyond counting": ({"type": "string", "maxLength": 2**64}, [], ["x"]),
    "names that are Python's": (
        {
            "type": "object",
            "required": ["class", "str", "a-b", "_x", "1"],
            "properties": {
                **{k: {"type": "string"} for k in ("class", "str", "a-b", "a_b", "_x", "1")},
                **{k: {"type": "integer"} for k in ("int", "float", "bool")},
                **{k: {"type": "array", "items": {"type": "string"}} for k in ("list", "dict")},
                "map": {"type": "object", "additionalProperties": {"type": "string"}},
                "flag": {"type": "boolean"},
                "size": {"type": "number"},
            },
        },
        [{"class": "", "str": "", "a-b": "", "_x": "", "1": ""}],
        [{"class": "", "str": "", "a-b": "", "_x": ""}, {"class": 1}],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_fast_accepts_exactly_what_it_claims(name: str) -> None:
    schema, taken, left = CASES[name]
    protocol = Protocol("test", None, (), {"Tree": TypeDef("Tree", TREE)}, ())
    library = Library(protocol, formats=False)
    annotation, predicate = (
        library.annotation("subject", schema),
        library.predicate("subject", schema),
    )
    root: dict[str, Any] = {"definitions": {"Tree": TREE}, "allOf": [schema]}
    oracle = jsonschema.Draft7Validator(root)
    for value in taken + left:
        assert takes(annotation, value) is (value in taken), value
        assert predicate(value) is oracle.is_valid(value), value
    assert all(oracle.is_valid(value) for value in taken)


def takes(annotation: Any, value: Any) -> bool:
    try:
        return (
            annotation is not None
            and Decoder(annotation).decode(json.dumps(value).encode()) is not ...
        )
    except ValueError:
        return False


NUMBERS = {f"{u}int{bits}": f"{u}int{bits}" for u in ("", "u") for bits in (8, 16, 32, 64)}
NUMBERS |= {"int": "int64", "uint": "uint64"}  # Rust's isize and usize


@pytest.mark.parametrize(("number_format", "same"), NUMBERS.items())
def test_formats_assert_only_when_asked(number_format: str, same: str) -> None:
    kind = getattr(ctypes, f"c_{same}")
    low = 0 if same[0] == "u" else kind(1 << (8 * ctypes.sizeof(kind) - 1)).value
    high = kind(low - 1).value
    protocol = Protocol("test", None, (), {}, ())
    schema: Schema = {"type": "integer", "format": number_format}
    strict, lax = Library(protocol, formats=True), Library(protocol, formats=False)
    for value, inside in ((low, True), (high, True), (low - 1, False), (high + 1, False)):
        assert strict.predicate("n", schema)(value) is inside
        assert strict.predicate("n", schema)(float(low)) is True
        assert lax.predicate("n", schema)(value) is True
        assert takes(lax.annotation("n", schema), value)
        assert inside or not takes(strict.annotation("n", schema), value)


def test_a_type_is_there_also_after_a_gate_that_came_to_nothing() -> None:
    inner: Schema = variant("a", n={"type": "integer"})
    types = {"Inner": TypeDef("Inner", inner)}
    library = Library(Protocol("p", None, (), types, ()), formats=False)
    member = {"$ref": "#/definitions/Inner"}
    both = {"in": member, "odd": {"enum": [1, True]}}
    assert (
        library.annotation("none", {"type": "object", "required": [*both], "properties": both})
        is None
    )
    gate = library.annotation("some", {"type": "object", "properties": {"in": member}})
    assert takes(gate, {"in": {"type": "a", "n": 1}})
    assert not takes(gate, {"in": {"type": "a", "n": "1"}})
