"""How a schema is ordered is no part of it: definitions, keys, alternatives, values, methods."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import cache
from types import MappingProxyType
from typing import Any

from amount import times
from hypothesis import given, settings
from hypothesis import strategies as st

from codexwire.diff import DiffFinding, diff
from codexwire.ingest import load
from codexwire.ir.model import Protocol
from codexwire.normalize import Effect, normalize

LISTS = ("oneOf", "anyOf", "enum", "required", "type")


@cache
def release(version: str) -> Protocol:
    return normalize(load(version), effects=(Effect.ANNOTATE,)).protocol


def shuffled(value: Any, order: random.Random, key: str = "") -> Any:
    if isinstance(value, dict):
        names = list(value)
        order.shuffle(names)
        return {name: shuffled(value[name], order, name) for name in names}
    if isinstance(value, list):
        items = [shuffled(item, order) for item in value]
        if key in LISTS:
            order.shuffle(items)
        return items
    return value


def reordered(protocol: Protocol, seed: int) -> Protocol:
    order = random.Random(seed)
    types = [replace(t, schema=shuffled(t.schema, order)) for t in protocol.types.values()]
    methods = [replace(m, branch=shuffled(m.branch, order)) for m in protocol.methods]
    order.shuffle(types)
    order.shuffle(methods)
    return replace(
        protocol,
        types=MappingProxyType({t.name: t for t in types}),
        methods=tuple(methods),
    )


def seen(finding: DiffFinding) -> DiffFinding:
    """The finding without its pointer, which counts alternatives as they are written."""
    reasons = {s: replace(w, reason="") for s, w in (finding.witness or {}).items()}
    return replace(finding, pointer="", witness=reasons or None)


@settings(max_examples=times(2, 40))
@given(st.integers(0, 2**32), st.sampled_from(["0.72.0", "0.99.0", "0.125.0", "0.163.0"]))
def test_a_version_does_not_differ_from_itself_in_another_order(seed: int, version: str) -> None:
    protocol = release(version)
    assert diff(protocol, reordered(protocol, seed)).findings == ()


@settings(max_examples=times(2, 40))
@given(st.integers(0, 2**32), st.sampled_from([("0.72.0", "0.99.0"), ("0.163.0", "0.169.0")]))
def test_a_comparison_does_not_depend_on_the_order(seed: int, pair: tuple[str, str]) -> None:
    old, new = map(release, pair)
    expected = [seen(f) for f in diff(old, new).findings]
    found = [seen(f) for f in diff(reordered(old, seed), reordered(new, seed + 1)).findings]
    assert found == expected
