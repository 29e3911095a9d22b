"""Schemas are read into types, types choose branches, and say in a few words what they are."""

from __future__ import annotations

from typing import Any

import pytest

from codexwire.ingest.archive import archive
from codexwire.ir.model import Protocol, Schema, TypeDef
from codexwire.model.choose import kinds_of, passed, told_apart, variant_of
from codexwire.model.kinds import ALL_KINDS
from codexwire.model.read import Types, read, types_of
from codexwire.model.sample import NOTHING, TypeSampler
from codexwire.model.types import (
    All,
    Anything,
    Enum,
    List,
    Map,
    Never,
    Object,
    Opaque,
    Ref,
    Scalar,
    Tuple,
    Type,
    Union,
    references,
    split_nullable,
    values_of,
)
from codexwire.model.words import words
from codexwire.wire.explain import Spot, accepts

TEXT: Schema = {"type": "string"}


def ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/definitions/{name}"}


def tagged(tag: str, value: Any, **properties: Schema) -> dict[str, Any]:
    members = {tag: {"enum": [value]}, **properties}
    return {"type": "object", "properties": members, "required": [tag, *properties]}


def protocol(**types: Schema) -> Protocol:
    return Protocol("test", None, (), {n: TypeDef(n, schema) for n, schema in types.items()}, ())


@pytest.mark.parametrize(
    ("schema", "found"),
    [
        (True, Anything()),
        (False, Never()),
        ({"description": "any"}, Anything),
        (ref("v2/Thread"), Ref("v2/Thread")),
        ({"allOf": [ref("X")], "description": "said beside"}, Ref),
        ({"type": "string", "minLength": 1}, Scalar("string", limits={"minLength": 1})),
        ({"type": "string", "format": "uri"}, Scalar("string", limits={"format": "uri"})),
        ({"type": "null", "minimum": 1, "minItems": 1}, Scalar("null")),
        ({"type": "boolean", "format": "int32", "minLength": 1}, Scalar("boolean")),
        ({"type": "string", "minimum": 1, "minProperties": 1}, Scalar("string")),
        ({"type": ["string", "null"]}, Union((Scalar("string"), Scalar("null")), by_kind=True)),
        ({"enum": ["a", 1]}, Enum(("a", 1))),
        ({"type": "string", "enum": ["a", 1]}, Enum(("a",))),
        ({"type": "integer", "const": 1, "minimum": 0, "format": "uint"}, Enum((1,))),
        ({"type": "integer", "enum": [-1, 1], "minimum": 0}, Enum((1,))),
        ({"type": "array", "items": TEXT}, List(Scalar("string"))),
        ({"type": "array", "items": [TEXT], "additionalItems": False}, Tuple),
        ({"type": "object", "additionalProperties": TEXT}, Map(rest=Scalar("string"))),
        ({"type": "object", "properties": {}}, Object()),
        ({"properties": {"a": TEXT}}, Object({"a": Scalar("string")}, others=True)),
        ({"oneOf": [TEXT, {"type": "null"}]}, Union((Scalar("string"), Scalar("null")), True)),
        ({"type": "object", "anyOf": [ref("X"), ref("Y")]}, All),
        ({"not": TEXT}, Opaque(Scalar("string"), Never(), Anything())),
        ({"if": TEXT, "then": False}, Opaque(Scalar("string"), Never(), Anything())),
        ({"if": TEXT}, Anything()),
        ({"additionalItems": False}, Anything()),
    ],
)
def test_a_schema_becomes_a_type(schema: Schema, found: Any) -> None:
    assert isinstance(read(schema), found) if isinstance(found, type) else read(schema) == found


def test_facts_stand_beside_what_is_admitted() -> None:
    node = {"allOf": [{"title": "T", "type": "integer", "x-unit": "ms"}], "default": None}
    facts = read(node).facts
    assert (facts.title, facts.unit, facts.has_default, facts.default) == ("T", "ms", True, None)
    assert not read(TEXT).facts.has_default


@pytest.mark.parametrize(
    ("word", "fact", "said"),
    [
        ("title", "title", "T"),
        ("description", "description", "D"),
        ("x-unit", "unit", "ms"),
        ("x-id", "identity", "thread"),
        ("x-python-name", "python_name", "name"),
        ("x-enum-descriptions", "value_texts", {"a": "A"}),
        ("default", "default", 7),
        ("x-deprecated", "deprecated", True),
        ("x-stability", "stability", "experimental"),
        ("x-experimental-values", "experimental_values", ("a",)),
        ("x-deprecated-values", "deprecated_values", ("a",)),
    ],
)
def test_each_fact_is_read(word: str, fact: str, said: Any) -> None:
    assert getattr(read({word: said}).facts, fact) == said


@pytest.mark.parametrize(
    "schema",
    [
        {"items": [TEXT], "additionalItems": False},
        {"required": ["a"], "additionalProperties": False, "minProperties": 1},
        {"pattern": "a", "minLength": 1, "maxLength": 2},
    ],
)
def test_what_is_read_of_one_kind_of_values_keeps_all_its_words(schema: Schema) -> None:
    """Whether a value fits is asked of the words, where the branches of a union are not told apart."""
    found = read({**schema, "not": TEXT})
    assert isinstance(found, All)
    assert found.members[0].text == schema


@pytest.mark.parametrize("word", ["allOf", "anyOf", "oneOf", "not", "if"])
def test_what_is_combined_is_read_once(word: str) -> None:
    """It is a part of its own, and none of what the node itself says."""
    inner = [{"maxLength": 3}] if word.endswith("Of") else {"maxLength": 3}
    found = read({"type": "string", word: inner, "then": False, "else": False})
    assert isinstance(found, All)
    assert found.members[0].text == {"type": "string"}


@pytest.mark.parametrize(
    ("limit", "left"),
    [
        ({"minimum": 2}, (2, 3)),
        ({"maximum": 2}, (1, 2)),
        ({"exclusiveMinimum": 2}, (3,)),
        ({"exclusiveMaximum": 2}, (1,)),
    ],
)
def test_of_listed_numbers_those_within_the_limits_are_left(
    limit: dict[str, Any], left: tuple[int, ...]
) -> None:
    assert read({"enum": [1, 2, 3], **limit}) == Enum(left)


def test_paths_lead_from_the_owner_to_the_node() -> None:
    node: Schema = {"properties": {"a": {"anyOf": [TEXT, {"allOf": [ref("X")]}]}}}
    paths = {found.path for found in read(node).inside() if isinstance(found, Ref)}
    assert paths == {("properties", "a", "anyOf", 1, "allOf", 0)}
    assert list(references(read(node))) == ["X"]


def test_null_is_split_off_however_it_is_written() -> None:
    for node in (
        {"type": ["string", "null"]},
        {"anyOf": [TEXT, {"type": "null"}]},
        {"oneOf": [{"type": "null"}, TEXT]},
    ):
        assert split_nullable(read(node)) == (Scalar("string"), True)
    assert split_nullable(read({"enum": ["a", None]})) == (Enum(("a",)), True)
    assert values_of(read({"oneOf": [{"enum": ["a"]}, {"const": "b"}]})) == ("a", "b")


def test_kinds_are_found_once_for_a_type() -> None:
    """Unions nested through 200 types: looked at once for each way, they would never end."""
    nested: dict[str, Schema] = {f"T{i}": {"anyOf": [ref(f"T{i + 1}")] * 2} for i in range(200)}
    types = Types(protocol(**nested, T200={"type": ["string", "integer"]}))
    assert kinds_of(types, Ref("T0")) == {"string", "integer"}
    assert kinds_of(Types(protocol(A={"anyOf": [ref("A"), TEXT]})), Ref("A")) == ALL_KINDS


@pytest.mark.parametrize(
    ("schema", "tag", "value", "index"),
    [
        ({"oneOf": [tagged("type", "a"), tagged("type", "b")]}, "type", {"type": "b"}, 1),
        ({"oneOf": [tagged("t", 1), tagged("t", True)]}, "", {"t": True}, 1),
        ({"oneOf": [tagged("t", 1), tagged("t", 2)]}, "t", {"t": True}, None),
        ({"oneOf": [ref("A"), ref("B")]}, "type", {"type": "a", "x": 1}, 0),
        ({"anyOf": [{"type": "integer"}, TEXT]}, None, "x", 1),
        ({"anyOf": [{"type": "integer"}, TEXT]}, None, [], None),
        ({"type": ["integer", "string"]}, None, "x", 1),
    ],
)
def test_a_value_chooses_its_branch(
    schema: Schema, tag: str | None, value: Any, index: int | None
) -> None:
    known = protocol(A=tagged("type", "a", x=TEXT), B=tagged("type", "b"))
    union = read(schema)
    assert isinstance(union, Union)
    assert told_apart(types_of(known), union).tag == tag
    assert variant_of(types_of(known), union, value, fits(known)) == index


def fits(known: Protocol) -> Any:
    def fits(found: Type, value: Any) -> bool:
        return accepts(Spot(known), found.text, value)

    return fits


def test_a_value_passes_every_type_on_its_way() -> None:
    known = protocol(A=tagged("type", "a", x={"type": "array", "items": TEXT}))
    root = read({"anyOf": [{"type": "null"}, ref("A")]})
    steps = list(passed(types_of(known), root, {"type": "a", "x": ["y"]}, fits(known), "root"))
    assert [(s.owner, s.at) for s in steps if isinstance(s.type, Scalar)] == [("A", ("x", 0))]
    assert [s.branch for s in steps if isinstance(s.type, Union)] == [1]


def test_a_value_like_another_drops_what_is_not_known_and_makes_up_the_rest() -> None:
    known = protocol(A=tagged("type", "a", x=TEXT), B=tagged("type", "b", y={"type": "integer"}))
    sampler = TypeSampler(types_of(known), fits(known), 3, optional=0)
    union = read({"oneOf": [ref("A"), ref("B")]})
    made = sampler.like(union, {"type": "b", "more": 1})
    assert made["type"] == "b"
    assert made.keys() == {"type", "y"}
    assert fits(known)(union, made)
    assert sampler.like(union, 7) is NOTHING


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        ({"type": ["null", "string"]}, "string | null"),
        ({"type": "array", "items": ref("v2/Turn")}, "array of v2/Turn"),
        ({"type": "integer", "format": "int64"}, "int64"),
        (tagged("id", "x", name=TEXT), "object {id, name}"),
        ({"enum": ["b", "a", None]}, "a | b | null"),
        ({"type": "object", "additionalProperties": ref("X")}, "map of X"),
        ({"type": "object", "additionalProperties": False}, "{}"),
        ({"not": TEXT}, "opaque"),
        ({"type": "object", "properties": {"a": TEXT}, "not": TEXT}, "object {a?} with opaque"),
        ({"enum": list("abcdefgh")}, "a | b | c | d | e | f | … 2 more"),
    ],
)
def test_types_in_a_few_words(schema: Schema, text: str) -> None:
    assert words(read(schema)) == text


def test_strings_may_be_quoted() -> None:
    assert words(read({"enum": ["a", 1]}), quoted=True) == '"a" | 1'


@pytest.mark.parametrize("version", archive().versions[::16])
def test_no_release_has_a_type_that_only_exact_evaluation_understands(version: Any) -> None:
    release = archive().protocol(version)
    types = Types(release)
    roots = [*map(types.named, release.types), *map(types.message, release.methods)]
    assert roots
    assert not [t for root in roots for t in root.inside() if isinstance(t, Opaque)]
