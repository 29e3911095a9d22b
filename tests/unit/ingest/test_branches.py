"""Branches of the method unions: each names its methods, or is left out and reported."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from codexwire.direction import Kind, Side
from codexwire.ingest import load
from codexwire.ir.hole import HoleKind
from codexwire.ir.model import Protocol

GOLDEN = Path(__file__).parents[2] / "golden" / "stable.json"
PARAMS = {"type": "object"}


def loaded(tmp_path: Path, branch: object, union: str = "ClientRequest") -> Protocol:
    """Return the golden protocol with one more branch."""
    value = json.loads(GOLDEN.read_text("utf-8"))
    value["definitions"][union]["oneOf"].append(branch)
    value["definitions"]["OddRequest"] = message({"enum": ["odd/referred"]})
    path = tmp_path / "schema.json"
    path.write_text(json.dumps(value), "utf-8")
    return load(path)


def message(method: object) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["id", "method", "params"],
        "properties": {"id": {"type": "integer"}, "method": method, "params": PARAMS},
    }


@pytest.mark.parametrize(
    ("branch", "names"),
    [
        (message({"const": "odd/const"}), ["odd/const"]),
        (message({"enum": ["odd/a", "odd/b"], "type": "string"}), ["odd/a", "odd/b"]),
        (message({"oneOf": [{"enum": ["odd/a"]}, {"enum": ["odd/b"]}]}), ["odd/a", "odd/b"]),
        ({"$ref": "#/definitions/OddRequest"}, ["odd/referred"]),
        ({"allOf": [{"$ref": "#/definitions/OddRequest"}]}, ["odd/referred"]),
    ],
)
def test_a_method_may_be_written_in_several_ways(
    tmp_path: Path, branch: object, names: list[str]
) -> None:
    protocol = loaded(tmp_path, branch)
    assert protocol.holes == ()
    for name in names:
        found = protocol.method(name, Side.CLIENT, Kind.REQUEST)
        assert found is not None
        assert found.branch["properties"]["method"]["enum"] == [name]
        assert found.params == PARAMS


@pytest.mark.parametrize(
    "branch",
    [
        {"type": "object", "properties": {"params": {}}},
        {"type": "object"},
        "turn/start",
        True,
        {"$ref": "#/definitions/Nowhere"},
        message({"type": "string"}),
        message({"enum": [7]}),
        message({"enum": ['a"b']}),
        message({"enum": [""]}),
    ],
)
def test_a_branch_without_a_method_is_left_out_and_named(tmp_path: Path, branch: object) -> None:
    whole = load(GOLDEN)
    protocol = loaded(tmp_path, branch)
    assert [m.name for m in protocol.methods] == [m.name for m in whole.methods]
    (hole,) = protocol.holes
    assert hole.kind is HoleKind.BRANCH
    index = len(whole.table(Side.CLIENT, Kind.REQUEST))
    assert hole.place == f"ClientRequest#/oneOf/{index}"


def test_of_a_method_that_stands_twice_the_first_counts(tmp_path: Path) -> None:
    first = load(GOLDEN).method("initialize", Side.CLIENT, Kind.REQUEST)
    assert first is not None
    protocol = loaded(tmp_path, message({"enum": ["initialize"]}))
    assert protocol.method("initialize", Side.CLIENT, Kind.REQUEST) == first
    assert [hole.name for hole in protocol.holes] == ["initialize"]


def test_a_union_without_branches_is_named(tmp_path: Path) -> None:
    value = json.loads(GOLDEN.read_text("utf-8"))
    value["definitions"]["ServerNotification"] = {"oneOf": []}
    path = tmp_path / "schema.json"
    path.write_text(json.dumps(value), "utf-8")
    protocol = load(path)
    assert protocol.table(Side.SERVER, Kind.NOTIFICATION) == ()
    assert [hole.place for hole in protocol.holes] == ["ServerNotification"]
