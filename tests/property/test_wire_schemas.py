"""Predicates, the fast path and the walk equal JSON Schema on any schema, of all keywords of draft-07.

The published schemas use few of the ways in which keywords can meet; here they meet at random.
"""

from __future__ import annotations

import json
from typing import Any

import jsonschema
from amount import times
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.json import Decoder

from codexwire.ir.complete import complete
from codexwire.ir.model import Protocol, Schema, TypeDef, ref_to
from codexwire.wire.compile import Library
from codexwire.wire.explain import Spot, explain

# Members and strings are mostly plain, so that values meet schemas; now and then they are such that
# neither Python nor msgspec would have them as names, or the one takes two of them for the same.
ODD = ["class", "Raw", "_x", 'a"b', "\u00e9", "\ud800", "\n", "", "a-b", "a_b", "\ufb01", "fi"]
KEYS = st.sampled_from(["a", "b", "type"] * 8 + ODD)
STRINGS = st.sampled_from(
    ["", "x", "y", "xyz", "\u00e9\U0001f600"] * 4 + ["inf", '"\\', "\0", "\ud83d"]
)
NUMBERS = st.sampled_from([0, 1, -1, 2, 1.0, 1.5, -0.5, 0.0, 2**63, 2**70, -(2**70), 1e20])
SCALARS = st.one_of(st.none(), st.booleans(), NUMBERS, STRINGS)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3)),
    max_leaves=8,
)
TYPES = st.sampled_from(["null", "boolean", "integer", "number", "string", "array", "object"])


def tagged(tag: str, **properties: Any) -> dict[str, Any]:
    properties["type"] = {"type": "string", "enum": [tag]}
    return {"type": "object", "required": sorted(properties), "properties": properties}


DEFINITIONS: dict[str, Schema] = {
    "Text": {"type": "string"},
    "Letter": {"type": "string", "enum": ["x", "y"]},
    "Wrapped": {"allOf": [{"$ref": "#/definitions/Text"}], "description": "with a word beside"},
    "Open": {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}}},
    "Closed": {
        "type": "object",
        "required": ["b"],
        "properties": {"b": {"type": ["string", "null"]}},
        "additionalProperties": False,
    },
    "Tagged": {"oneOf": [tagged("x", a={"type": "string"}), tagged("y"), tagged("xyz", b=False)]},
    "External": {
        "oneOf": [
            {"type": "string", "enum": ["x"]},
            {"$ref": "#/definitions/Closed"},
            {
                "type": "object",
                "required": ["a"],
                "properties": {"a": {"$ref": "#/definitions/Tagged"}},
                "additionalProperties": False,
            },
        ]
    },
    "Tree": {
        "type": "object",
        "properties": {"a": {"type": "array", "items": {"$ref": "#/definitions/Tree"}}},
    },
    "AnyOfKeys": {
        "type": "object",
        "properties": {"type": {"enum": ["x"], "type": "string"}},
        "required": ["type"],
        "anyOf": [
            {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}},
            {"type": "object", "required": ["b"], "properties": {"b": {"type": "string"}}},
        ],
    },
}
PLACES = ("Open/properties/a", "External/oneOf/2", "AnyOfKeys/anyOf/0", "Tree/properties/a/items")
REFS = st.sampled_from([{"$ref": f"#/definitions/{name}"} for name in (*DEFINITIONS, *PLACES)])
PATTERNS = st.sampled_from(["^[xa]", "y$", "[b\\u00e9]", ".", "^.{2,}$", "^$"])


def limited(keyword: str, limits: list[float], *types: Any) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {keyword: st.sampled_from(limits)}, optional={"type": st.sampled_from(types)}
    )


LEAVES: st.SearchStrategy[Any] = st.one_of(
    st.just(True),
    st.just(False),
    REFS,
    REFS,
    TYPES.map(lambda t: {"type": t}),
    st.lists(TYPES, min_size=1, max_size=3, unique=True).map(lambda t: {"type": t}),
    st.lists(STRINGS, min_size=1, max_size=3, unique=True).map(
        lambda v: {"type": "string", "enum": v}
    ),
    st.lists(VALUES, min_size=1, max_size=3).map(lambda v: {"enum": v}),
    VALUES.map(lambda v: {"const": v}),
    limited("minimum", [0, 1, 0.5, -1], "integer", "number", ["integer", "null"]),
    limited("maximum", [0, 1, 0.5, 2**64], "integer", "number"),
    limited("exclusiveMinimum", [0, 1.5], "integer", "number"),
    limited("exclusiveMaximum", [1, 2**53 + 1], "integer", "number"),
    limited("minLength", [1, 2], "string", ["string", "null"]),
    limited("maxLength", [1], "string"),
    limited("multipleOf", [1, 2, 3, 0.5], "integer", "number", ["number", "string"]),
    limited("minProperties", [1, 2.0], "object", ["object", "null"]),
    limited("maxProperties", [0, 1], "object"),
    limited("uniqueItems", [True, False], "array", ["array", "string"]),
    PATTERNS.map(lambda p: {"pattern": p}),
    PATTERNS.map(lambda p: {"type": "string", "pattern": p, "minLength": 1}),
)


def composed(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    branches = st.lists(inner, min_size=1, max_size=3)
    members = st.dictionaries(KEYS, inner, max_size=3)
    objects = st.fixed_dictionaries(
        {"properties": members},
        optional={
            "type": st.sampled_from(["object", ["object", "null"]]),
            "required": st.lists(KEYS, max_size=2, unique=True),
            "additionalProperties": st.one_of(st.booleans(), inner),
        },
    )
    names = st.lists(KEYS, max_size=2, unique=True)
    named = st.fixed_dictionaries(
        {},
        optional={
            "type": st.sampled_from(["object", ["object", "string"]]),
            "properties": members,
            "patternProperties": st.dictionaries(PATTERNS, inner, min_size=1, max_size=2),
            "additionalProperties": st.one_of(st.booleans(), inner),
            "propertyNames": st.one_of(PATTERNS.map(lambda p: {"pattern": p}), inner),
            "dependencies": st.dictionaries(KEYS, st.one_of(names, inner), max_size=2),
            "required": names,
        },
    )
    arrays = st.fixed_dictionaries(
        {"type": st.sampled_from(["array", ["array", "string"]]), "items": inner},
        optional={"minItems": st.just(1), "maxItems": st.just(2), "uniqueItems": st.booleans()},
    )
    tuples = st.fixed_dictionaries(
        {"items": st.lists(inner, max_size=2)},
        optional={"additionalItems": inner, "contains": inner, "type": st.just("array")},
    )
    conditions = st.fixed_dictionaries({"if": inner}, optional={"then": inner, "else": inner})
    unions = st.tuples(st.sampled_from(["oneOf", "anyOf", "allOf"]), branches).map(
        lambda pair: {pair[0]: pair[1]}
    )
    enums = st.lists(st.lists(STRINGS, min_size=1, max_size=2, unique=True), min_size=2, max_size=3)
    enum_unions = st.tuples(st.sampled_from(["oneOf", "anyOf"]), enums).map(
        lambda pair: {pair[0]: [{"type": "string", "enum": values} for values in pair[1]]}
    )
    object_unions = st.tuples(
        st.sampled_from(["oneOf", "anyOf", "allOf"]), st.lists(objects, min_size=1, max_size=3)
    ).map(lambda pair: {pair[0]: [{**branch, "type": "object"} for branch in pair[1]]})
    beside = st.tuples(objects, st.one_of(unions, object_unions)).map(
        lambda pair: {**pair[0], **pair[1]}
    )
    maps = inner.map(lambda s: {"type": "object", "additionalProperties": s})
    one = st.tuples(st.sampled_from(["not", "contains", "propertyNames"]), inner)
    return st.one_of(
        objects,
        named,
        arrays,
        tuples,
        conditions,
        unions,
        enum_unions,
        object_unions,
        beside,
        beside,
        maps,
        one.map(lambda pair: {pair[0]: pair[1]}),
        st.tuples(named, conditions).map(lambda pair: {**pair[0], **pair[1]}),
    )


SCHEMAS = st.recursive(LEAVES, composed, max_leaves=6)


@settings(max_examples=times(800, 50000))
@given(SCHEMAS, st.lists(VALUES, min_size=4, max_size=8))
def test_any_schema_and_any_value(schema: Any, values: list[Any]) -> None:
    definitions = {**DEFINITIONS, "Subject": schema}
    types = {name: TypeDef(name, node) for name, node in definitions.items()}
    protocol, unknown = complete(Protocol("test", None, (), types, ()))
    assert unknown == ()
    subject = ref_to("Subject")
    library = Library(protocol, formats=False)
    oracle = jsonschema.Draft7Validator({"definitions": definitions, **subject})
    predicate = library.type_predicate("Subject")
    annotation = library.annotation("subject", subject)
    decoder = None if annotation is None else Decoder(annotation)
    for value in values:
        expected = oracle.is_valid(value)
        assert predicate(value) is expected, value
        assert (not list(explain(Spot(protocol), subject, value))) is expected, value
        if decoder is not None and takes(decoder, value):
            assert expected, value


def takes(decoder: Decoder[Any], value: Any) -> bool:
    try:
        decoder.decode(json.dumps(value).encode())
    except ValueError:
        return False
    return True
