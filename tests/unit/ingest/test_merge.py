"""Stable and experimental become one, and each part says which of the two has it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from codexwire.direction import Stability
from codexwire.ingest import load
from codexwire.ingest.document import open_document
from codexwire.ingest.embedded import vendored
from codexwire.ingest.merge import merge_types
from codexwire.ir.model import Schema
from codexwire.ir.walk import subschemas, transform
from codexwire.version import Version

BOTH = [Version.parse(v) for v in ("0.99.0", "0.125.0", "0.163.0", "0.169.0", "0.171.0")]
TEXT: dict[str, Any] = {"type": "string"}


def merged(stable: Schema, experimental: Schema) -> Schema:
    types, clashes = merge_types({"T": stable}, {"T": experimental})
    assert clashes == []
    return types["T"][0]


def object_of(**properties: Schema) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def tagged(name: str, **more: Schema) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {"type": {"enum": [name]}, **more},
        "required": ["type"],
    }


def test_types_go_by_who_has_them() -> None:
    types, _ = merge_types({"Old": TEXT, "Both": TEXT}, {"Both": TEXT, "New": TEXT})
    assert {name: stability for name, (_, stability) in types.items()} == {
        "Old": Stability.STABLE,
        "Both": Stability.STABLE,
        "New": Stability.EXPERIMENTAL,
    }


def test_a_property_that_only_the_experimental_schema_has() -> None:
    out = merged(object_of(a=TEXT), object_of(a=TEXT, b=TEXT))
    assert out == object_of(a=TEXT, b={**TEXT, "x-stability": "experimental"})


def test_a_property_deep_inside() -> None:
    stable = object_of(a={"type": "array", "items": object_of(x=TEXT)})
    experimental = object_of(a={"type": "array", "items": object_of(x=TEXT, y=TEXT)})
    out = merged(stable, experimental)
    assert isinstance(out, dict)
    assert out["properties"]["a"]["items"]["properties"]["y"]["x-stability"] == "experimental"


def test_branches_are_known_by_their_tag_not_by_their_place() -> None:
    stable = {"oneOf": [tagged("a"), tagged("b")]}
    experimental = {"oneOf": [tagged("new"), tagged("b", more=TEXT), tagged("a")]}
    out = merged(stable, experimental)
    assert isinstance(out, dict)
    new, b, a = out["oneOf"]
    assert new["x-stability"] == "experimental"
    assert "x-stability" not in a
    assert "x-stability" not in b
    assert b["properties"]["more"]["x-stability"] == "experimental"


def test_a_value_of_an_enum() -> None:
    out = merged({**TEXT, "enum": ["a"]}, {**TEXT, "enum": ["b", "a"]})
    assert out == {**TEXT, "enum": ["b", "a"], "x-experimental-values": ["b"]}
    same = {**TEXT, "enum": ["a"]}
    assert merged(same, same) == same


def test_a_value_of_an_enum_in_branches() -> None:
    stable = {"oneOf": [{**TEXT, "enum": ["a", "b"]}]}
    partly = merged(stable, {"oneOf": [{**TEXT, "enum": ["a", "b", "c"]}]})
    assert isinstance(partly, dict)
    assert partly["oneOf"][0]["x-experimental-values"] == ["c"]
    wholly = merged(stable, {"oneOf": [{**TEXT, "enum": ["a", "b"]}, {**TEXT, "enum": ["c"]}]})
    assert isinstance(wholly, dict)
    assert wholly["oneOf"][1]["x-stability"] == "experimental"


@pytest.mark.parametrize(
    ("stable", "experimental", "place"),
    [
        (TEXT, {"type": "integer"}, "T#/type"),
        ({"$ref": "#/definitions/A"}, {"$ref": "#/definitions/B"}, "T#/$ref"),
        (object_of(a=TEXT), object_of(a={"type": "null"}), "T#/properties/a/type"),
        (object_of(a=True), object_of(a=False), "T#/properties/a"),
    ],
)
def test_two_that_say_different_things_of_one_value(
    stable: Schema, experimental: Schema, place: str
) -> None:
    _, clashes = merge_types({"T": stable}, {"T": experimental})
    assert clashes == [place]


@pytest.mark.parametrize("version", BOTH, ids=str)
def test_real_releases_lose_nothing_and_claim_nothing(version: Version) -> None:
    """Without its marks the merged schema is the experimental one; without what is marked, no type
    has a property that the stable one lacks."""
    files = vendored(version)
    stable, experimental = (open_document(files[c]).types for c in ("stable", "experimental"))
    types, clashes = merge_types(stable, experimental)
    assert clashes == []
    for name, (node, stability) in types.items():
        bare = transform(node, lambda _, sub: unmarked(sub))
        assert bare == experimental.get(name, stable.get(name)), name
        assert (stability is Stability.EXPERIMENTAL) is (name not in stable)
        if stability is Stability.STABLE and name in experimental:
            assert marked_off(node) == properties_of(stable[name]), name


def unmarked(schema: Schema) -> Schema:
    if not isinstance(schema, dict):
        return schema
    return {k: v for k, v in schema.items() if not k.startswith("x-")}


def marked_off(schema: Schema) -> set[str]:
    """The names of properties at any depth, but for those below something experimental."""
    kept = transform(schema, lambda _, sub: without_experimental(sub))
    return properties_of(kept)


def without_experimental(schema: Schema) -> Schema:
    if not isinstance(schema, dict):
        return schema
    out = dict(schema)
    if "properties" in out:
        out["properties"] = {k: v for k, v in out["properties"].items() if not is_experimental(v)}
    for keyword in ("oneOf", "anyOf"):
        if keyword in out:
            out[keyword] = [b for b in out[keyword] if not is_experimental(b)]
    return out


def is_experimental(schema: Schema) -> bool:
    return isinstance(schema, dict) and schema.get("x-stability") == "experimental"


def properties_of(schema: Schema) -> set[str]:
    return {
        key
        for _, node in subschemas(schema)
        if isinstance(node, dict)
        for key in node.get("properties", {})
    }


def test_the_stable_channel_is_the_stable_file() -> None:
    version = BOTH[2]
    protocol = load(str(version), channel="stable")
    assert {t.stability for t in protocol.types.values()} == {Stability.STABLE}
    assert {m.stability for m in protocol.methods} == {Stability.STABLE}
    document = open_document(vendored(version)["stable"])
    assert {s.digest for s in protocol.sources} == {document.digest}
    assert {n: t.schema for n, t in protocol.types.items()} == {
        n: t for n, t in document.types.items() if n in protocol.types
    }


def test_the_older_releases_have_one_schema_that_is_stable() -> None:
    protocol = load("0.72.0")
    assert {m.stability for m in protocol.methods} == {Stability.STABLE}
    assert [s.channel for s in protocol.sources] == ["stable"]
    assert load(Path(vendored(Version.parse("0.72.0"))["stable"])).types == protocol.types
