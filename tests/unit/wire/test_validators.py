"""Validators as a whole: kept once made, and honest about what they cannot check."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from protocols import protocol_of

from codexwire import ingest, normalize, wire
from codexwire.direction import Kind, Side
from codexwire.emit.validators import plan_validators
from codexwire.errors import UsageError
from codexwire.ir.keywords import ASSERTIONS
from codexwire.ir.model import Method, Schema
from codexwire.model.normalization import Effect
from codexwire.wire.explain import _CHECKS


def test_the_same_protocol_is_compiled_once() -> None:
    first = wire.compile(protocol_of(Params={"type": "string"}))
    assert wire.compile(protocol_of(Params={"type": "string"})) is first
    assert wire.compile(protocol_of(Params={"type": "integer"})) is not first
    assert wire.compile(protocol_of(Params={"type": "string"}), formats=True) is not first


def test_every_assertion_is_checked() -> None:
    beside = {"$ref", "type", "then", "else", "additionalItems"}
    assert set(_CHECKS) | beside == ASSERTIONS


@pytest.mark.parametrize("kind", ["boolean", "integer", "number", "string"])
def test_items_of_one_type_need_no_function_of_their_own(kind: str) -> None:
    protocol = protocol_of(Params={"type": "array", "items": {"type": kind}})
    texts = "".join(plan_validators(protocol, "p").values())
    assert f"all(map(is_{kind}, v))" in texts


def test_a_reference_to_nothing_says_nothing_and_is_named() -> None:
    params: Schema = {"type": "object", "properties": {"a": {"$ref": "#/definitions/Gone"}}}
    validators = wire.compile(protocol_of(Params=params))
    assert validators.unchecked == ("Gone",)
    assert validators.accepts_line(b'{"method":"note","params":{"a":[1]}}', Side.SERVER)
    assert not validators.accepts_line(b'{"method":"note","params":[]}', Side.SERVER)


HOLE: Schema = {"$ref": "#/definitions/Gone"}


@pytest.mark.parametrize(
    "doubtful",
    [
        HOLE,
        {"not": HOLE},
        {"not": {"not": {"type": "array", "items": HOLE}}},
        {"if": HOLE, "then": False},
        {"oneOf": [HOLE, {"type": "null"}, True]},
        {"oneOf": [{"$ref": "#/definitions/Doubtful"}, {"type": "null"}]},
        {"anyOf": [False, {"allOf": [HOLE]}]},
        {"not": {"type": "string", "pattern": "\\p{Letter}"}},
        {"pattern": "\\p{Letter}"},
        {"$ref": "http://example.com/other.json#/definitions/Gone"},
        {"$ref": "#/definitions/Params/nothing/here"},
        {"$ref": "no uri ["},
        {"$ref": "#/definitions/Itself"},
        {"$ref": "#/definitions/NotItself"},
    ],
)
@pytest.mark.parametrize("value", [None, [1], "x"])
def test_what_is_not_known_refuses_nothing(doubtful: Schema, value: object) -> None:
    params: Schema = {"type": "object", "properties": {"a": doubtful, "n": {"type": "integer"}}}
    types: dict[str, Schema] = {
        "Doubtful": {"anyOf": [HOLE, {"type": "string"}]},
        "Itself": {"allOf": [{"$ref": "#/definitions/Itself"}]},
        "NotItself": {"not": {"$ref": "#/definitions/NotItself"}},
    }
    validators = wire.compile(protocol_of(Params=params, **types))
    for members, valid in (({"a": value}, True), ({"a": value, "n": "x"}, False)):
        message = {"method": "note", "params": members}
        assert validators.accepts_message(message, Side.SERVER) is valid
        assert validators.accepts_line(json.dumps(message).encode(), Side.SERVER) is valid
        found = validators.check_message(message, Side.SERVER)
        assert [v.pointer for v in found] == ([] if valid else ["/params/n"])


def test_a_property_that_an_unknown_pattern_may_match_is_not_refused() -> None:
    params: Schema = {"patternProperties": {"\\p{L}": False}, "additionalProperties": False}
    validators = wire.compile(protocol_of(Params=params))
    assert validators.accepts_type("Params", {"a": 1})
    assert validators.check_type("Params", {"a": 1}) == ()


def test_the_document_itself_can_be_referred_to() -> None:
    validators = wire.compile(protocol_of(Params={"items": {"$ref": "#"}}))
    assert validators.unchecked == ()
    assert validators.accepts_type("Params", [{}])
    assert not validators.accepts_type("Params", [1])


def chain(wrap: Callable[[Schema], Schema], length: int) -> dict[str, Schema]:
    """Types each of which refers to the next one."""
    links = {f"L{i}": wrap({"$ref": f"#/definitions/L{i + 1}"}) for i in range(length)}
    return {"Params": {"$ref": "#/definitions/L0"}, **links, f"L{length}": {"type": "string"}}


@pytest.mark.parametrize("length", [3, 400, 1200])
@pytest.mark.parametrize(
    "wrap",
    [
        lambda ref: {"anyOf": [{"type": "null"}, ref]},
        lambda ref: {"type": "object", "properties": {"a": ref}},
        lambda ref: {"items": ref},
        lambda ref: {"not": ref},
    ],
    ids=["anyOf", "properties", "items", "not"],
)
def test_a_chain_of_types_never_ends_in_a_recursion_error(
    wrap: Callable[[Schema], Schema], length: int
) -> None:
    validators = wire.compile(protocol_of(**chain(wrap, length)))
    for params in (None, {"a": 1}, [[1]], "x"):
        message = {"method": "note", "params": params}
        valid = validators.accepts_message(message, Side.SERVER)
        assert validators.accepts_line(json.dumps(message).encode(), Side.SERVER) is valid
        assert (not validators.check_message(message, Side.SERVER)) is valid


def test_a_deep_expression_is_cut_into_functions() -> None:
    nested: Schema = {"type": "string"}
    for _ in range(120):
        nested = {"not": nested}
    validators = wire.compile(protocol_of(Params=nested))
    assert validators.accepts_type("Params", "x")
    assert not validators.accepts_type("Params", 1)


def asking(**results: str | None) -> wire.Validators:
    """Validators of requests with those result types."""
    methods = tuple(
        Method(
            name,
            Side.CLIENT,
            Kind.REQUEST,
            {
                "type": "object",
                "required": ["id", "method"],
                "properties": {"method": {"type": "string", "enum": [name]}},
            },
            result=result,
        )
        for name, result in results.items()
    )
    return wire.compile(replace(protocol_of(Params={"type": "integer"}), methods=methods))


@pytest.mark.parametrize("result", [None, 1, {"a": [1]}, "x"])
def test_an_unknown_result_may_be_anything(result: object) -> None:
    validators = asking(known="Params", unknown=None)
    message = {"id": 1, "result": result}
    line = json.dumps(message).encode()
    asked = ("unknown", Side.CLIENT)
    assert validators.accepts_result(line, *asked)
    assert validators.accepts_response(message, *asked)
    assert validators.accepts_value("unknown", result, Side.CLIENT)
    assert validators.check_response(message, *asked) == ()
    assert validators.check_result("unknown", result, Side.CLIENT) == ()


@pytest.mark.parametrize("response", [{"id": 1}, {"result": 1}, {"id": [], "result": 1}, [], None])
def test_the_envelope_of_an_unknown_result_is_judged(response: object) -> None:
    validators = asking(unknown=None)
    asked = ("unknown", Side.CLIENT)
    assert not validators.accepts_result(json.dumps(response).encode(), *asked)
    assert not validators.accepts_response(response, *asked)
    assert validators.check_response(response, *asked)


def test_it_can_be_seen_that_a_result_is_not_checked() -> None:
    validators = asking(known="Params", unknown=None)
    told = {
        name: (
            validators.knows(name, Side.CLIENT),
            validators.result_type(name, Side.CLIENT),
            validators.checks_result(name, Side.CLIENT),
        )
        for name in ("known", "unknown", "none")
    }
    assert told == {
        "known": (True, "Params", True),
        "unknown": (True, None, False),
        "none": (False, None, False),
    }
    assert not validators.accepts_value("none", 1, Side.CLIENT)
    assert validators.check_result("none", 1, Side.CLIENT)[0].rule == "schema/unknown-method"


def test_methods_of_one_name_but_for_signs_are_told_apart() -> None:
    methods = ("a/b", "a_b", "a-b", "\ufb01", "fi")
    validators = asking(**dict.fromkeys(methods))
    for name in methods:
        line = json.dumps({"id": 1, "method": name}, ensure_ascii=False).encode()
        assert validators.fast_accepts(line, Side.CLIENT)
        assert validators.accepts_message(json.loads(line), Side.CLIENT)
        assert not validators.accepts_message({"method": name}, Side.CLIENT)


def test_siblings_of_a_reference_are_ignored() -> None:
    text: Schema = {"type": "string"}
    params: Schema = {"$ref": "#/definitions/Text", "type": "integer", "minLength": 9}
    validators = wire.compile(protocol_of(Params=params, Text=text))
    assert validators.accepts_line(b'{"method":"note","params":"x"}', Side.SERVER)
    assert not validators.accepts_line(b'{"method":"note","params":1}', Side.SERVER)


def test_a_type_that_contains_itself() -> None:
    tree: Schema = {
        "type": "object",
        "properties": {"next": {"$ref": "#/definitions/Params"}, "n": {"type": "integer"}},
    }
    validators = wire.compile(protocol_of(Params=tree))
    message = {"method": "note", "params": {"next": {"next": {"n": "x"}}}}
    assert not validators.accepts_message(message, Side.SERVER)
    (found,) = validators.check_message(message, Side.SERVER)
    assert found.pointer == "/params/next/next/n"
    deep: dict[str, object] = {}
    for _ in range(5000):
        deep = {"next": deep}
    message = {"method": "note", "params": deep}
    assert not validators.accepts_message(message, Side.SERVER)
    (found,) = validators.check_message(message, Side.SERVER)
    assert found.rule == "envelope/nesting"


def test_a_method_that_is_a_request_and_a_notification() -> None:
    base = protocol_of(Params={"type": "string"})
    (note,) = base.methods
    request = replace(note, kind=Kind.REQUEST, branch={**note.branch, "required": ["id", "method"]})
    validators = wire.compile(replace(base, methods=(note, request)))
    for message, valid in (
        ({"method": "note", "params": "x"}, True),
        ({"method": "note", "id": 1}, True),
        ({"method": "note"}, False),
    ):
        assert validators.accepts_message(message, Side.SERVER) is valid
        assert (not validators.check_message(message, Side.SERVER)) is valid


def test_what_stands_beside_the_union_is_checked() -> None:
    base = protocol_of(Params={"type": "string"})
    beside = {"ServerNotification": {"emittedAtMs": {"type": "integer"}}}
    validators = wire.compile(replace(base, envelope=beside))
    assert validators.accepts_line(b'{"method":"note","params":"","emittedAtMs":1}', Side.SERVER)
    line = b'{"method":"note","params":"","emittedAtMs":"1"}'
    assert not validators.accepts_line(line, Side.SERVER)
    assert wire.compile(base).accepts_line(line, Side.SERVER)


@pytest.mark.parametrize(
    ("trace", "pointer"),
    [
        (None, None),
        ({"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}, None),
        (7, "/trace"),
        ({"traceparent": 5}, "/trace/traceparent"),
    ],
)
def test_the_trace_of_a_request_is_typed_where_the_envelope_publishes_it(
    trace: object, pointer: str | None
) -> None:
    """A real server drops a request whose trace is 7; a notification has none, and 0.99.0 knew of none."""
    line = json.dumps({"id": 1, "method": "account/logout", "trace": trace}).encode()
    validators = wire.compile(normalize.normalize(ingest.load("0.163.0")).protocol)
    assert validators.accepts_line(line, Side.CLIENT) is (pointer is None)
    found = validators.check_message(json.loads(line), Side.CLIENT)
    assert [v.pointer for v in found] == ([] if pointer is None else [pointer])
    assert validators.accepts_line(b'{"method":"initialized","trace":7}', Side.CLIENT)
    older = wire.compile(normalize.normalize(ingest.load("0.99.0")).protocol)
    assert older.accepts_message({"id": 1, "method": "account/logout", "trace": 7}, Side.CLIENT)


def test_types_by_name() -> None:
    validators = wire.compile(protocol_of(Params={"type": "integer"}))
    assert validators.accepts_type("Params", 1)
    assert not validators.accepts_type("Params", "1")
    (found,) = validators.check_type("Params", "1", pointer="/a/b~1c")
    assert found.pointer == "/a/b~1c"
    with pytest.raises(UsageError, match="v2/Nothing"):
        validators.accepts_type("v2/Nothing", 1)


@pytest.mark.parametrize(
    "version", ["0.72.0", "0.99.0", "0.125.0", "0.163.0", "0.169.0", "0.171.0"]
)
def test_every_method_of_a_release_has_a_fast_path(version: str) -> None:
    """A method without one would be decided by the slower predicates, unnoticed."""
    loaded = normalize.normalize(ingest.load(version), effects=(Effect.ANNOTATE,))
    validators = wire.compile(loaded.protocol)
    for method in loaded.protocol.methods:
        speaker = validators._side(method.sender)
        assert speaker.message_struct(method.name) is not None
        if method.result is not None:
            assert speaker.response_decoder(method.name) is not None
