"""What surrounds a payload is what a release publishes, and the same where a bundle leaves it out."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from jsonschema import Draft7Validator

from codexwire.ingest import load
from codexwire.ingest.embedded import vendored
from codexwire.ir.envelope import envelope_schema, members_beside
from codexwire.version import Version

PROTOCOL = load("0.171.0")
BUNDLE = json.loads(vendored(Version.parse("0.171.0"))["experimental"].read_text("utf-8"))
ABSENT = object()
ERRORS: tuple[Any, ...] = (
    *({"code": 1, "message": "m"}, {"code": 1, "message": "m", "data": None}),
    *({"code": 1}, {"message": "m"}, {"code": "1", "message": "m"}, {"code": 1, "message": 1}),
    *("text", ABSENT),
)
MESSAGES = [
    {
        key: value
        for key, value in zip(("id", "result", "error"), values, strict=True)
        if value is not ABSENT
    }
    for values in product(("a", 7, 1.5, None, ABSENT), (None, {}, ABSENT), ERRORS)
]


@pytest.mark.parametrize("name", ["JSONRPCResponse", "JSONRPCError"])
def test_what_stands_in_for_an_envelope_says_what_releases_publish(name: str) -> None:
    published = Draft7Validator({**BUNDLE, "$ref": f"#/definitions/{name}"})
    without = replace(PROTOCOL, types={})
    stand_in = Draft7Validator(envelope_schema(without, name))
    for message in (*MESSAGES, 7):
        assert stand_in.is_valid(message) is published.is_valid(message), message


def test_what_stands_beside_the_members_of_a_method() -> None:
    found: dict[tuple[str, str], set[frozenset[str]]] = defaultdict(set)
    for method in PROTOCOL.methods:
        found[str(method.sender), str(method.kind)].add(frozenset(members_beside(PROTOCOL, method)))
    assert found == {
        ("client", "request"): {frozenset({"trace"})},
        ("server", "request"): {frozenset({"trace"})},
        ("client", "notification"): {frozenset()},
        ("server", "notification"): {frozenset({"emittedAtMs"})},
    }
