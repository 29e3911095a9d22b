"""Samples are valid, the same for the same seed, and reach what the schema has."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest

from codexwire import ingest, normalize, wire
from codexwire.direction import Kind, Side
from codexwire.ir.model import Protocol, Schema, TypeDef
from codexwire.wire.sample import NoSampleError, Sampler


@pytest.fixture(scope="module")
def protocol() -> Protocol:
    return normalize.normalize(ingest.load("0.163.0")).protocol


@pytest.mark.parametrize("optional", [0.0, 0.5, 1.0])
def test_messages_and_results_of_every_method_are_valid(
    protocol: Protocol, optional: float
) -> None:
    validators = wire.compile(protocol, formats=True)
    sampler = Sampler(protocol, 7, optional=optional)
    for method in protocol.methods:
        message = sampler.message(method)
        assert validators.accepts_message(message, method.sender), message
        assert message["method"] == method.name
        if method.kind is Kind.REQUEST:
            result = sampler.result(method)
            assert validators.accepts_value(method.name, result, method.sender), result


def test_the_seed_decides(protocol: Protocol) -> None:
    def made(seed: int) -> list[Any]:
        sampler = Sampler(protocol, seed)
        return [sampler.message(m) for m in protocol.table(Side.SERVER, Kind.NOTIFICATION)]

    assert made(3) == made(3)
    assert made(3) != made(4)


def test_every_variant_is_reached(protocol: Protocol) -> None:
    sampler = Sampler(protocol, 0)
    branches = protocol.types["v2/ThreadItem"].schema["oneOf"]
    tags = {b["properties"]["type"]["enum"][0] for b in branches}
    made = {sampler.value({"$ref": "#/definitions/v2/ThreadItem"})["type"] for _ in range(300)}
    assert made == tags


def test_minimal_and_full(protocol: Protocol) -> None:
    method = protocol.method("thread/start", Side.CLIENT, Kind.REQUEST)
    assert method is not None
    schema = protocol.resolve(method.params)
    least = Sampler(protocol, 1, optional=0).message(method)["params"]
    most = Sampler(protocol, 1, optional=1).message(method)["params"]
    assert set(least) == set(schema.get("required", ()))
    assert set(most) == set(schema["properties"])


def sampler_of(**types: Schema) -> Sampler:
    return Sampler(Protocol("test", None, (), {n: TypeDef(n, s) for n, s in types.items()}, ()))


def test_a_type_that_contains_itself_ends() -> None:
    tree: Schema = {
        "type": "object",
        "required": ["branches"],
        "properties": {
            "branches": {"type": "array", "items": {"$ref": "#/definitions/Tree"}},
            "value": {"anyOf": [{"$ref": "#/definitions/Tree"}, {"type": "null"}]},
        },
    }
    for _ in range(20):
        assert "branches" in sampler_of(Tree=tree).value({"$ref": "#/definitions/Tree"})


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "array", "items": [{"const": 1}, {"type": "string"}], "additionalItems": False},
        {"type": "array", "items": {"type": "integer"}, "contains": {"const": 7}, "minItems": 2.0},
        {"type": "object", "minProperties": 3, "additionalProperties": {"type": "boolean"}},
        {"type": "integer", "multipleOf": 7, "minimum": 3},
        {"type": "string", "minLength": 40.0},
        {"anyOf": [False, {"enum": []}, {"const": [1]}]},
    ],
)
def test_values_of_schemas_that_no_release_has(schema: Schema) -> None:
    sampler = sampler_of()
    for _ in range(20):
        assert jsonschema.Draft7Validator(schema).is_valid(sampler.value(schema))


def test_what_has_no_valid_value_is_said() -> None:
    with pytest.raises(NoSampleError):
        sampler_of().value({"type": "string", "not": {"type": "string"}})
    with pytest.raises(NoSampleError):
        sampler_of().value({"type": "object", "required": ["a"], "properties": {"a": False}})
