"""What one value lost or gained is one change, however many kinds of JSON values it is about."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

import pytest

from codexwire.diff import diff
from codexwire.direction import Kind, Side, Stability
from codexwire.ir.model import Method, Protocol, Source, TypeDef, ref_to


def protocol(value: Any) -> Protocol:
    branch = {
        "type": "object",
        "properties": {"method": {"enum": ["t/sent"]}, "params": ref_to("T")},
        "required": ["method", "params"],
    }
    types = {"T": TypeDef("T", value, Stability.UNKNOWN)}
    sent = Method("t/sent", Side.SERVER, Kind.NOTIFICATION, branch, Stability.UNKNOWN)
    return Protocol(
        "case",
        None,
        (Source("unknown", ""),),
        MappingProxyType(types),
        (sent,),
        MappingProxyType({}),
    )


@pytest.mark.parametrize("kind", ["boolean", "integer", "number", "string", "array"])
def test_a_kind_that_comes_or_goes_beside_another(kind: str) -> None:
    beside = "boolean" if kind == "string" else "string"
    both, one = protocol({"type": [beside, kind]}), protocol({"type": beside})
    (gone,) = diff(both, one).findings
    assert (gone.rule, gone.new_client.value) == ("type-narrowed", "breaks")
    (come,) = diff(one, both).findings
    assert (come.rule, come.old_client.value) == ("type-widened", "breaks")


def test_two_kinds_that_narrow_at_once() -> None:
    old = protocol({"anyOf": [{"type": "boolean"}, {"type": "string"}]})
    new = protocol({"type": "string", "enum": ["a", "b"]})
    (found,) = diff(old, new).findings
    assert (found.rule, found.old, found.new) == ("type-narrowed", "boolean | string", "a | b")
    assert (found.old_client.value, found.new_client.value) == ("safe", "breaks")
    (back,) = diff(new, old).findings
    assert (back.rule, back.old_client.value) == ("type-widened", "breaks")


def test_a_number_and_a_string_that_change_each_in_its_own_way() -> None:
    old = protocol({"anyOf": [{"type": "integer"}, {"type": "string"}]})
    new = protocol({"anyOf": [{"type": "number"}, {"type": "string", "enum": ["a"]}]})
    found = diff(old, new).findings
    assert {(f.rule, f.old_client.value, f.new_client.value) for f in found} == {
        ("type-widened", "breaks", "safe"),
        ("type-narrowed", "safe", "breaks"),
    }
    assert len({f.fingerprint for f in found}) == len(found) == 2


def test_an_alternative_that_is_written_twice_is_one() -> None:
    array = {"type": "array", "items": {"type": "string"}}
    assert diff(protocol({"anyOf": [array, {**array}]}), protocol(array)).findings == ()
    other = {"type": "array", "items": {"type": "integer"}}
    (found,) = diff(protocol({"anyOf": [array, {**array}]}), protocol(other)).findings
    assert (found.rule, found.path) == ("type-disjoint", "[]")


def test_a_string_that_shows_a_change_is_none_of_those_that_both_take() -> None:
    short = {"type": "string", "enum": ["", "x"]}
    (found,) = diff(protocol(short), protocol({"type": "string"})).findings
    (witness,) = (found.witness or {}).values()
    assert witness.value["params"] not in short["enum"]
