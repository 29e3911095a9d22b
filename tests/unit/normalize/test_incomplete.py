"""What a schema does not say stops nothing: it takes any JSON there, and is a hole with a name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from codexwire.direction import Kind, Side
from codexwire.ingest import load
from codexwire.ir.hole import HoleKind
from codexwire.ir.model import Protocol
from codexwire.normalize import Effect, normalize
from codexwire.wire import compile

GOLDEN = Path(__file__).parents[2] / "golden" / "stable.json"


def with_types(tmp_path: Path, types: dict[str, Any]) -> Protocol:
    """Return the golden protocol with more v2 types, read from a file."""
    value = json.loads(GOLDEN.read_text("utf-8"))
    value["definitions"]["v2"].update(types)
    path = tmp_path / "schema.json"
    path.write_text(json.dumps(value), "utf-8")
    return load(path)


def ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/definitions/v2/{name}"}


def tagged(tag: str, **properties: Any) -> dict[str, Any]:
    both = {"type": {"enum": [tag]}, **properties}
    return {"type": "object", "required": ["type"], "properties": both}


@pytest.mark.parametrize("effects", [tuple(Effect), (Effect.ANNOTATE,)])
def test_a_dangling_reference_takes_any_json(tmp_path: Path, effects: tuple[Effect, ...]) -> None:
    odd = {"type": "object", "required": ["a"], "properties": {"a": ref("Gone"), "b": ref("Odd2")}}
    protocol = with_types(tmp_path, {"Odd": odd, "Odd2": {"type": "integer"}})
    normalized = normalize(protocol, effects=effects).protocol
    assert [(h.kind, h.place, h.name) for h in normalized.holes] == [
        (HoleKind.REFERENCE, "v2/Odd#/properties/a", "v2/Gone")
    ]
    validators = compile(normalized)
    for anything in (None, 7, "x", [1], {"y": {}}):
        assert validators.accepts_type("v2/Odd", {"a": anything, "b": 1})
    assert not validators.accepts_type("v2/Odd", {"a": 1, "b": "the rest is judged"})
    assert not validators.accepts_type("v2/Odd", {"b": 1})


@pytest.mark.parametrize("beside", ["allOf", "anyOf", "oneOf", "not"])
def test_what_stands_beside_a_dangling_reference_asks_for_nothing_as_before(
    tmp_path: Path, beside: str
) -> None:
    text = {"type": "string"}
    odd = {**ref("Gone"), "description": "kept", beside: text if beside == "not" else [text]}
    protocol = normalize(with_types(tmp_path, {"Odd": odd})).protocol
    assert protocol.types["v2/Odd"].schema == {"description": "kept", "x-undefined": "v2/Gone"}


@pytest.mark.parametrize(
    ("node", "taken", "refused"),
    [
        # What is not known may be what tells the branches apart.
        ({"oneOf": [ref("Gone"), {"type": "string"}]}, ["x", 1, {}], []),
        ({"oneOf": [{"type": "object", "properties": {"a": ref("Gone")}}, ref("Map")]}, [{}], [1]),
        ({"oneOf": [ref("Deep"), ref("Map")]}, [{"a": {"b": 1}}], ["x"]),
        ({"not": ref("Gone")}, [1, "x"], []),
        ({"not": {"type": "array", "items": ref("Gone")}}, [1, [1]], []),
        # A tag tells them apart whatever the rest is.
        (
            {"oneOf": [tagged("a", x=ref("Gone")), tagged("b", x={"type": "integer"})]},
            [{"type": "a", "x": "any"}, {"type": "b", "x": 1}],
            [{"type": "b", "x": "no"}, {"type": "c"}],
        ),
        ({"type": ["array"], "items": ref("Gone")}, [[1, "x"]], [1]),
        ({"anyOf": [ref("Gone"), {"type": "null"}]}, [None, 1], []),
    ],
)
def test_no_value_is_refused_that_the_missing_type_may_allow(
    tmp_path: Path, node: dict[str, Any], taken: list[Any], refused: list[Any]
) -> None:
    deep = {
        "type": "object",
        "properties": {"a": {"type": "object", "properties": {"b": ref("Gone")}}},
    }
    types = {"Odd": node, "Map": {"type": "object"}, "Deep": deep}
    validators = compile(normalize(with_types(tmp_path, types)).protocol)
    for value in taken:
        assert validators.accepts_type("v2/Odd", value), value
        assert validators.check_type("v2/Odd", value) == (), value
    for value in refused:
        assert not validators.accepts_type("v2/Odd", value), value
        assert validators.check_type("v2/Odd", value), value


def test_a_request_with_an_unknown_result_says_so(tmp_path: Path) -> None:
    value = json.loads(GOLDEN.read_text("utf-8"))
    request = {
        "type": "object",
        "required": ["id", "method", "params"],
        "properties": {
            "id": {"type": "integer"},
            "method": {"enum": ["odd/ask"], "type": "string"},
            "params": {"type": "object"},
        },
    }
    for union in ("ClientRequest", "ServerRequest"):
        value["definitions"][union]["oneOf"].append(request)
    path = tmp_path / "schema.json"
    path.write_text(json.dumps(value), "utf-8")
    protocol = normalize(load(path)).protocol
    for side in (Side.CLIENT, Side.SERVER):
        found = protocol.method("odd/ask", side, Kind.REQUEST)
        assert found is not None
        assert (found.result, found.result_by) == (None, "unknown")
    assert [h.place for h in protocol.holes if h.kind is HoleKind.RESULT] == [
        "client request odd/ask",
        "server request odd/ask",
    ]
    assert {m.result_by for m in protocol.methods if m.result} <= {"table", "params", "words"}
