"""Validators as a whole: kept once made, honest about what they cannot check, silent about values."""

from __future__ import annotations

from dataclasses import replace

import pytest

from codexwire import ingest, normalize, wire
from codexwire.direction import Kind, Side
from codexwire.errors import IngestError, UsageError
from codexwire.ir.model import Method, Protocol, Schema, TypeDef
from codexwire.normalize.rule import Effect
from codexwire.wire.explain import _CHECKS
from codexwire.wire.keywords import ASSERTIONS, check_keywords

SECRET = "hunter2"


def protocol_of(**types: Schema) -> Protocol:
    """A protocol of one notification `note`, whose params are the type `Params`."""
    branch = {
        "type": "object",
        "required": ["method", "params"],
        "properties": {
            "method": {"type": "string", "enum": ["note"]},
            "params": {"$ref": "#/definitions/Params"},
        },
    }
    named = {name: TypeDef(name, schema) for name, schema in types.items()}
    method = Method("note", Side.SERVER, Kind.NOTIFICATION, branch)
    return Protocol("test", None, (), named, (method,))


def test_the_same_protocol_is_compiled_once() -> None:
    first = wire.compile(protocol_of(Params={"type": "string"}))
    assert wire.compile(protocol_of(Params={"type": "string"})) is first
    assert wire.compile(protocol_of(Params={"type": "integer"})) is not first
    assert wire.compile(protocol_of(Params={"type": "string"}), formats=True) is not first


@pytest.mark.parametrize(
    ("schema", "named", "pointer"),
    [
        ({"properties": {"a": {"pattern": "^x"}}}, "'pattern'", "/properties/a/pattern"),
        ({"type": "array", "uniqueItems": True}, "'uniqueItems'", "/uniqueItems"),
        ({"items": [{"type": "string"}]}, "'items'", "/items"),
        ({"anyOf": [{"if": True}]}, "'if'", "/anyOf/0/if"),
        ({"patternProperties": {"x": True}}, "'patternProperties'", "/patternProperties"),
    ],
)
def test_a_keyword_that_is_not_implemented_is_refused(
    schema: Schema, named: str, pointer: str
) -> None:
    with pytest.raises(IngestError, match=named) as caught:
        wire.compile(protocol_of(Params=schema))
    assert caught.value.location is not None
    assert caught.value.location.pointer == pointer


def test_every_keyword_that_is_let_through_is_checked() -> None:
    assert set(_CHECKS) | {"$ref", "type"} == ASSERTIONS


def test_extension_keywords_are_annotations() -> None:
    schema: Schema = {"type": "string", "x-unit": "ms", "discriminator": {"propertyName": "type"}}
    check_keywords(protocol_of(Params=schema))


def test_a_reference_to_nothing_says_nothing_and_is_named() -> None:
    params: Schema = {"type": "object", "properties": {"a": {"$ref": "#/definitions/Gone"}}}
    validators = wire.compile(protocol_of(Params=params))
    assert validators.unchecked == ("Gone",)
    assert validators.accepts_line(b'{"method":"note","params":{"a":[1]}}', Side.SERVER)
    assert not validators.accepts_line(b'{"method":"note","params":[]}', Side.SERVER)


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
def test_every_method_of_a_release_has_a_gate(version: str) -> None:
    """A method without one would be decided by the slower predicates, unnoticed."""
    loaded = normalize.normalize(ingest.load(version), effects=(Effect.ANNOTATE,))
    validators = wire.compile(loaded.protocol)
    for method in loaded.protocol.methods:
        speaker = validators._side(method.sender)
        assert speaker.message_struct(method.name) is not None
        if method.result is not None:
            assert speaker.response_gate(method.name) is not None
