"""Nested schemas become flat definitions with names of their own."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

import pytest
from pydantic import ConfigDict, TypeAdapter

from codexwire.direction import Kind, Side, Stability
from codexwire.emit.definitions import Definition, DefinitionKind
from codexwire.emit.expressions import expression
from codexwire.emit.flatten import shape
from codexwire.ir.model import Method, Protocol, TypeDef
from codexwire.model.schema_text import schema_text
from codexwire.model.types import Scalar
from codexwire.normalize.plain import prepared
from codexwire.profiles.app_server.profile import APP_SERVER
from codexwire.version import Version

STRING = {"type": "string"}


def obj(required: str = "", **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": required.split()}


def one(value: str) -> dict[str, Any]:
    return {"type": "string", "enum": [value]}


def ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/definitions/{name}"}


def shaped(
    types: dict[str, Any], *methods: Method, payloads: frozenset[str] = frozenset()
) -> dict[str, Definition]:
    typedefs = {name: TypeDef(name, node, Stability.STABLE) for name, node in types.items()}
    protocol = Protocol(
        "test", Version(0, 1, 0), (), MappingProxyType(typedefs), methods, layout=APP_SERVER
    )
    return shape(prepared(protocol), payloads)


def types_of(definition: Definition) -> dict[str, Any]:
    return {p.name: schema_text(p.type) or True for p in definition.properties}


def test_nested_objects_and_enums_are_named_after_owner_and_property() -> None:
    found = shaped(
        {
            "v2/Owner": obj(
                "inner",
                inner=obj(mode={"enum": ["a", "b"]}),
                many={"type": "array", "items": obj(x=STRING)},
            )
        }
    )
    assert set(found) == {"Owner", "OwnerInner", "OwnerInnerMode", "OwnerManyItem"}
    assert types_of(found["Owner"]) == {
        "inner": ref("OwnerInner"),
        "many": {"type": "array", "items": ref("OwnerManyItem")},
    }
    assert found["OwnerInnerMode"].kind is DefinitionKind.ENUM


def test_tagged_variants_take_what_stands_beside_their_union() -> None:
    union = {
        "oneOf": [obj("type", type=one("a"), x=STRING), obj("type", type=one("b"))],
        "properties": {"at": {"type": "integer"}},
        "required": ["at"],
    }
    found = shaped({"v2/Item": union})
    assert (found["Item"].kind, found["Item"].tag) == (DefinitionKind.UNION, "type")
    assert types_of(found["AItem"]).keys() == {"at", "type", "x"}
    assert [p.constant for p in found["BItem"].properties] == [None, "b"]
    assert all(p.required for p in found["BItem"].properties)


@pytest.mark.parametrize(
    ("values", "tag"), [(("a", "b"), "kind"), ((1, 2), "kind"), ((1, "b"), None)]
)
def test_a_tag_has_strings_or_integers_and_not_both(values: tuple[Any, Any], tag: str) -> None:
    branches = [obj("kind", kind={"enum": [value]}) for value in values]
    assert shaped({"v2/Item": {"oneOf": branches}})["Item"].tag == tag


def test_an_object_with_alternatives_is_one_class() -> None:
    node = obj("type", type=one("image"))
    node["anyOf"] = [obj("url", url=STRING), obj("fileId", fileId=STRING)]
    found = shaped({"v2/Image": node})
    assert {p.name: p.required for p in found["Image"].properties} == {
        "type": True,
        "url": False,
        "file_id": False,
    }


def test_externally_tagged_unions_and_their_plain_values() -> None:
    union = {
        "oneOf": [{"enum": ["none"]}, {"enum": ["all"]}, obj("someKey", someKey=obj(a=STRING))]
    }
    found = shaped({"v2/Choice": union})
    assert [m.value for m in found["ChoiceValue"].members] == ["none", "all"]
    assert found["Choice"].tag == ""
    assert schema_text(found["Choice"].type) == {
        "anyOf": [ref("ChoiceValue"), ref("SomeKeyChoice")]
    }
    assert types_of(found["SomeKeyChoice"]) == {"some_key": ref("ChoiceSomeKey")}


def test_a_union_of_one_keyed_object_is_one_to_be_extended() -> None:
    found = shaped({"Content": {"oneOf": [obj("Text", Text=obj(text=STRING))]}})
    assert (found["Content"].tag, set(found)) == ("", {"Content", "TextContent", "ContentText"})


def test_a_catch_all_closes_a_union_to_unknown_variants() -> None:
    union = {"anyOf": [{"enum": ["a", "b"]}, obj("key", key=obj()), {"type": ["string", "object"]}]}
    found = shaped({"v2/Error": union})["Error"]
    assert found.catch_all
    assert schema_text(found.type)["anyOf"][2:] == [
        STRING,
        {"type": "object", "additionalProperties": True},
    ]


def test_payloads_that_are_no_objects_become_classes() -> None:
    types = {"v2/A": {"type": "array", "items": STRING}, "v2/B": obj(), "v2/C": STRING}
    found = shaped(types, payloads=frozenset({"A", "B"}))
    assert [found[n].kind for n in "ABC"] == [
        DefinitionKind.ROOT,
        DefinitionKind.MODEL,
        DefinitionKind.ALIAS,
    ]


def test_a_number_may_be_an_integer_and_a_bound_of_one_is_kept() -> None:
    node = obj(
        n={"type": ["number", "null"]}, u={"type": "integer", "format": "uint", "minimum": 0}
    )
    found = shaped({"v2/X": node})["X"]
    assert types_of(found)["n"] == {"type": ["integer", "number", "null"]}
    assert found.properties[1].type == Scalar("integer", limits={"minimum": 0})


def test_messages_have_classes_and_a_union_by_method() -> None:
    branch = obj(
        "id method", id=ref("RequestId"), method=one("thread/start"), params={"type": "null"}
    )
    method = Method("thread/start", Side.CLIENT, Kind.REQUEST, branch)
    found = shaped({"RequestId": {"anyOf": [STRING, {"type": "integer"}]}}, method)
    assert found["ClientRequest"].kind is DefinitionKind.ROOT
    assert found["ClientRequest"].tag == "method"
    assert list(types_of(found["ThreadStartClientRequest"])) == ["id", "method", "params"]


def test_parts_of_an_experimental_type_are_experimental() -> None:
    typedef = TypeDef("v2/New", obj(inner=obj()), Stability.EXPERIMENTAL)
    protocol = Protocol(
        "test", None, (), MappingProxyType({"v2/New": typedef}), (), layout=APP_SERVER
    )
    assert {d.marks.stability for d in shape(protocol, frozenset()).values()} == {
        Stability.EXPERIMENTAL
    }


def test_a_type_keeps_its_name_and_what_is_nested_gets_another() -> None:
    found = shaped({"v2/Owner": obj(inner=obj()), "v2/OwnerInner": obj(a=STRING)})
    (nested,) = set(found) - {"Owner", "OwnerInner"}
    assert nested.startswith("OwnerInner_")
    assert types_of(found["OwnerInner"]) == {"a": STRING}


def test_names_do_not_depend_on_the_order_of_types() -> None:
    types = {"v2/Same": obj(), "Same": obj(a=STRING), "v2/A": obj(bC=obj()), "v2/AB": obj(c=obj())}
    assert shaped(types) == shaped(dict(reversed(types.items())))
    assert types_of(shaped(types)["Same"]) == {}


def test_branches_without_a_title_have_names() -> None:
    branches = [obj("a", a=STRING, b=STRING), obj("b", b=STRING, c=STRING)]
    found = shaped({"v2/X": {"anyOf": branches}})
    assert len(found) == 3


def test_an_all_of_is_one_class() -> None:
    base = {"v2/Base": obj("a", a=STRING), "v2/X": {"allOf": [ref("v2/Base"), obj("b", b=STRING)]}}
    found = shaped(base)["X"]
    assert {p.name: p.required for p in found.properties} == {"a": True, "b": True}


@pytest.mark.parametrize(
    ("schema", "default", "source"),
    [
        ({"type": "boolean"}, False, "False"),
        ({"type": ["string", "null"]}, None, "None"),
        ({"type": ["string", "null"]}, "x", '"x"'),
        ({"type": "array", "items": STRING}, [], "[]"),
        ({"type": "array", "items": ref("v2/Mode")}, ["on", "off"], "[Mode.on, Mode.off]"),
        ({"allOf": [ref("v2/Mode")]}, "on", "Mode.on"),
        ({"anyOf": [ref("v2/Wide"), {"type": "null"}]}, "few", "WideValue.few"),
        (ref("v2/Mode"), "no such value", None),
        ({"type": "object"}, {"a": 1}, '{"a": 1}'),
        (obj(a=STRING), {"a": "b"}, None),
        (ref("v2/Name"), "x", '"x"'),
        ({"type": "string"}, 1, None),
        ({"type": "integer"}, 0.5, None),
        ({"type": "number"}, float("inf"), None),
        ({"type": "object", "additionalProperties": ref("v2/Mode")}, {"a": "on"}, '{"a": Mode.on}'),
    ],
)
def test_defaults_as_source(schema: Any, default: Any, source: str | None) -> None:
    types = {
        "v2/Mode": {"type": "string", "enum": ["on", "off"]},
        "v2/Name": {"type": "string"},
        "v2/Wide": {"oneOf": [{"enum": ["few", "many"]}, obj("custom", custom=STRING)]},
        "v2/X": obj(field={**schema, "default": default}),
    }
    found = shaped(types)["X"].properties[0].default
    assert (found.source if found else None) == source
    if found and "." in found.source:
        assert set(found.references) <= {"Mode", "WideValue"}
        assert found.references


@pytest.mark.parametrize("value", [True, 7, 0.5, "x", [1], None], ids=repr)
def test_properties_alone_say_nothing_of_values_that_are_no_objects(value: Any) -> None:
    types = {"v2/Open": {"properties": {"a": STRING}}, "v2/X": obj(field=ref("v2/Open"))}
    assert read(shaped(types)["X"], value) == repr(value)


@pytest.mark.parametrize("value", [7, 0.5])
def test_a_number_comes_back_as_it_was(value: float) -> None:
    assert read(shaped({"v2/X": obj(field={"type": "number"})})["X"], value) == repr(value)


def read(definition: Definition, value: Any) -> str:
    """Return what pydantic reads as the first field of a class; of objects it reads none."""
    names = {"Open": dict[str, str], "Any": Any}
    found = eval(expression(definition.properties[0].type), names)
    return repr(TypeAdapter(found, config=ConfigDict(strict=True)).validate_python(value))
