"""Equality of types by content."""

from __future__ import annotations

from codexwire.ir.content import content_classes
from codexwire.ir.model import Protocol, Schema, TypeDef


def classes(**schemas: Schema) -> dict[str, int]:
    types = {name: TypeDef(name, schema) for name, schema in schemas.items()}
    return content_classes(Protocol("codex-app-server", None, (), types, ()), schemas)


def ref(name: str) -> Schema:
    return {"$ref": f"#/definitions/{name}"}


def node(target: str, other: str = "null") -> Schema:
    return {"type": "object", "properties": {"next": ref(target), "kind": {"type": other}}}


def test_annotations_and_orders_do_not_count() -> None:
    found = classes(
        A={"type": "object", "required": ["x", "y"], "properties": {"x": True, "y": True}},
        B={
            "description": "Another.",
            "properties": {"y": {"title": "Y"}, "x": {"x-unit": "s"}},
            "required": ["y", "x"],
            "type": "object",
        },
    )
    assert found["A"] != found["B"]  # a boolean schema and an empty one are not told to be equal
    found = classes(
        A={"type": ["string", "null"], "enum": ["a", "b"], "required": ["x", "y"]},
        B={"required": ["y", "x"], "enum": ["b", "a"], "type": ["null", "string"]},
    )
    assert found["A"] == found["B"]


def test_a_reference_counts_as_what_it_points_to() -> None:
    found = classes(A=ref("C"), B=ref("D"), C={"type": "string"}, D={"type": "string"})
    assert found["A"] == found["B"]
    found = classes(A=ref("C"), B=ref("D"), C={"type": "string"}, D={"type": "integer"})
    assert found["A"] != found["B"]


def test_a_wrapped_reference_equals_a_bare_one() -> None:
    wrapped: Schema = {"description": "See.", "allOf": [ref("C")]}
    found = classes(A={"items": wrapped}, B={"items": ref("C")}, C={"type": "string"})
    assert found["A"] == found["B"]


def test_recursive_types_are_equal_when_they_unfold_alike() -> None:
    found = classes(A=node("A"), B=node("C"), C=node("B"))
    assert found["A"] == found["B"] == found["C"]


def test_a_difference_far_down_tells_recursive_types_apart() -> None:
    found = classes(A=node("B"), B=node("C"), C=node("C", "string"), D=node("E"), E=node("E"))
    assert len({found[name] for name in "ABCD"}) == 4


def test_a_dangling_reference_equals_only_itself() -> None:
    found = classes(A=ref("X"), B=ref("X"), C=ref("Y"))
    assert found["A"] == found["B"] != found["C"]
