"""The validators of lines against the walk over the whole schema, which knows no kinds."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from codexwire.ingest import load
from codexwire.ir.closed import closed, together
from codexwire.ir.model import Protocol, TypeDef, ref_to
from codexwire.normalize import normalize
from codexwire.wire.explain import Spot, accepts
from codexwire.wire.lines import LineValidators

DATA = Path(__file__).parents[2] / "data" / "rollouts"
FILES = {
    "rollout@0.125.0": DATA / "sessions" / "0.125.0" / "s07_tools-1.jsonl",
    "rollout@0.171.0": DATA / "sessions" / "0.163.0" / "s07_tools-1.jsonl",
    "exec-stream": DATA / "exec" / "0.163.0" / "mcp-1.jsonl",
}


def lines(source: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in FILES[source].read_bytes().splitlines()]


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if path:
        yield path
    items: Any = value.items() if isinstance(value, dict) else ()
    for key, part in enumerate(value) if isinstance(value, list) else items:
        yield from places(part, (*path, key))


def mutants(line: Any, draw: random.Random) -> Iterator[Any]:
    """Copies of a line with one member gone, of another type, or more than there was."""
    found = [*places(line)]
    for path in draw.sample(found, k=min(5, len(found))):
        for change in ("gone", "null", "other", "more"):
            changed = copy.deepcopy(line)
            inner = changed
            for step in path[:-1]:
                inner = inner[step]
            if change == "gone" and isinstance(inner, dict):
                del inner[path[-1]]
            elif change == "more" and isinstance(inner, dict):
                inner["surely_undeclared"] = 1
            else:
                inner[path[-1]] = None if change == "null" else {"type": "other"}
            yield changed


@pytest.mark.parametrize("source", FILES)
def test_a_kind_decides_as_the_whole_schema_does(source: str) -> None:
    protocol = normalize(load(source)).protocol
    compiled, walked = LineValidators(protocol), LineValidators(protocol, compiled=False)
    root = ref_to(protocol.layout.root)
    draw = random.Random(5)
    refused = undeclared = 0
    for line in lines(source)[:: 1 if source == "exec-stream" else 4]:
        assert compiled.accepts(line)
        for found in (line, *mutants(line, draw)):
            exact = accepts(Spot(compiled.protocol), root, found)
            assert compiled.accepts(found) == walked.accepts(found) == exact
            refused += not exact
            if exact:
                assert compiled.declares(found) == (compiled.undeclared(found) == ()), found
                undeclared += not compiled.declares(found)
            else:
                assert compiled.violations(found)
    assert refused > 15
    assert undeclared > 15


def test_what_a_release_does_not_have_is_no_kind() -> None:
    validators = LineValidators(load("rollout@0.125.0"))
    line = {"timestamp": "t", "type": "token_usage_record", "payload": {}}
    kind = validators.kind(line)
    assert (kind.tags, kind.unknown) == (("token_usage_record",), "/type")
    event = {"timestamp": "t", "type": "event_msg", "payload": {"type": "dreamt"}}
    kind = validators.kind(event)
    assert (kind.tags, kind.unknown) == (("event_msg", "dreamt"), "/payload/type")
    (violation,) = validators.violations(event)
    assert (violation.rule, violation.pointer) == ("schema/enum", "/payload/type")
    item = {"type": "item_completed", "item": {"type": "Dreamt"}}
    kind = LineValidators(load("rollout@0.171.0")).kind({**event, "payload": item})
    assert (kind.tags, kind.unknown) == (
        ("event_msg", "item_completed", "Dreamt"),
        "/payload/item/type",
    )


OBJECT = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}


@pytest.mark.parametrize(
    "branch",
    [
        True,
        {"type": "string"},
        {"type": "string", "properties": {"b": True}},
        {"type": "object", "properties": {"a": {"type": "integer"}}},
        {"type": "object", "properties": {"b": True}, "additionalProperties": False},
        {"type": "object", "properties": {"b": True}, "allOf": [True]},
    ],
)
def test_what_cannot_be_put_together_is_not(branch: Any) -> None:
    assert together(OBJECT, branch) is None


@pytest.mark.parametrize(("word", "inner"), [("anyOf", "oneOf"), ("oneOf", "anyOf")])
def test_what_stands_beside_a_union_is_declared_in_its_branches(word: str, inner: str) -> None:
    branch = {"type": "object", "properties": {"b": {"type": "string"}}}
    deeper = {"type": "object", "properties": {"c": {"type": "string"}}}
    node = {**OBJECT, word: [{**branch, "title": "B"}, {"$ref": "#/definitions/Deeper"}]}
    types = {
        "Line": node,
        "Deeper": {inner: [{**deeper, "required": ["c"]}]},
        "Odd": {**OBJECT, "anyOf": [branch, True]},
    }
    protocol = Protocol("p", None, (), {n: TypeDef(n, s) for n, s in types.items()}, ())
    spot = Spot(closed(protocol))
    assert accepts(spot, ref_to("Line"), {"a": "x", "b": "y"})
    assert accepts(spot, ref_to("Line"), {"a": "x", "c": "y"})
    assert not accepts(spot, ref_to("Line"), {"a": "x", "b": "y", "c": "z"})
    assert not accepts(spot, ref_to("Line"), {"b": "y"})
    assert accepts(spot, ref_to("Odd"), {"a": "x", "anything": 1})
