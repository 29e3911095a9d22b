"""What the pipeline does with rules: order, places, effects, and claims that do not hold."""

from __future__ import annotations

from dataclasses import replace

import pytest

from codexwire.direction import Kind, Side, Stability
from codexwire.ingest import load
from codexwire.ir.model import Protocol, Schema, Source, TypeDef
from codexwire.model.normalization import Row
from codexwire.normalize import Effect, Rule, normalize
from codexwire.profiles.app_server.profile import APP_SERVER
from codexwire.profiles.exec_server.profile import EXEC_SERVER
from codexwire.profiles.shared.rules import n002_response_map
from codexwire.version import Version, VersionRange

RELEASE = Version.parse("0.1.0")


def small(**changes: object) -> Protocol:
    types = {"v2/A": TypeDef("v2/A", {"type": "object", "properties": {"x": {"type": "integer"}}})}
    sources = (Source("stable", "0"),)
    found = Protocol(APP_SERVER.name, RELEASE, sources, types, (), layout=APP_SERVER)
    return replace(found, **changes)  # type: ignore[arg-type]


def make(versions: str = "*", **changes: object) -> Rule:
    def mark(_: Protocol, node: Schema) -> Schema | None:
        wanted = isinstance(node, dict) and node.get("type") == "integer"
        return {**node, "x-seen": True} if wanted else None  # type: ignore[dict-item]

    rule = Rule("n900-test", "T.", Effect.ANNOTATE, VersionRange.parse(versions), (), node=mark)
    return replace(rule, **changes)  # type: ignore[arg-type]


def test_a_match_is_reported_with_its_place() -> None:
    result = normalize(small(), rules=(make(),))
    assert [(a.rule.id, a.places) for a in result.applied] == [
        ("n900-test", ("v2/A#/properties/x",))
    ]
    assert result.protocol.types["v2/A"].schema["properties"]["x"]["x-seen"] is True  # type: ignore[index]
    assert result.stale == ()


def test_what_a_rule_leaves_as_it_is_does_not_count() -> None:
    once = normalize(small(), rules=(make(),)).protocol
    again = normalize(once, rules=(make("0.2.0.."),))
    assert again.applied == ()
    assert again.protocol is once


def test_a_claim_whose_pattern_is_gone_is_stale() -> None:
    gone = make(node=lambda _, __: None)
    (stale,) = normalize(small(), rules=(gone,)).stale
    assert stale.reason == "claims 0.1.0 (*), where its pattern is gone"


def test_a_row_that_is_gone_or_elsewhere_is_stale() -> None:
    def rows(*found: str) -> list[str]:
        claims = (("v2/A", "0.1.0.."), ("v2/B", "0.2.0.."), ("v2/C/", "*"))
        table = tuple(Row(place, VersionRange.parse(versions)) for place, versions in claims)
        types = {name: TypeDef(name, {"type": "integer"}) for name in found}
        rule = make(node=None, typedef=lambda _, __: True, rows=table)
        return [s.reason for s in normalize(small(types=types), rules=(rule,)).stale]

    assert rows("v2/A", "v2/C/D") == []
    assert rows("v2/A", "v2/C") == ["v2/C/ (*) is gone in 0.1.0"]
    assert rows("v2/B", "v2/C/D") == [
        "v2/A (0.1.0..) is gone in 0.1.0",
        "v2/B (0.2.0..) is found in 0.1.0",
    ]


def test_a_match_outside_the_claim_is_stale() -> None:
    (stale,) = normalize(small(), rules=(make("0.2.0.."),)).stale
    assert stale.reason == "matches in 0.1.0, which it does not claim (0.2.0..)"


def test_a_stable_schema_does_not_prove_the_end_of_an_experimental_pattern() -> None:
    gone = make(node=lambda _, __: None, experimental=True)
    assert normalize(small(), rules=(gone,)).stale == ()
    both = (Source("experimental", "1"), Source("stable", "0"))
    assert len(normalize(small(sources=both), rules=(gone,)).stale) == 1


@pytest.mark.parametrize("changes", [{"version": None}, {"layout": EXEC_SERVER}])
def test_claims_are_about_known_releases_of_the_app_server(changes: dict[str, object]) -> None:
    assert normalize(small(**changes), rules=(make("0.2.0.."),)).stale == ()


def test_effects_choose_the_rules() -> None:
    rules = (make(effect=Effect.PATCH),)
    assert normalize(small(), effects=(Effect.ANNOTATE,), rules=rules).applied == ()
    assert len(normalize(small(), effects=(Effect.PATCH,), rules=rules).applied) == 1


def test_a_request_without_a_response_type_is_a_hole() -> None:
    found = load("0.163.0")
    types = {n: t for n, t in found.types.items() if n != "v2/ThreadStartResponse"}
    result = normalize(replace(found, types=types), rules=(n002_response_map.RULE,))
    start = result.protocol.method("thread/start", Side.CLIENT, Kind.REQUEST)
    assert start is not None
    assert (start.result, start.result_by) == (None, "unknown")
    assert "client request thread/start" in {hole.place for hole in result.protocol.holes}


def test_a_method_that_changes_is_a_place() -> None:
    found = load("0.163.0")
    result = normalize(found, rules=(n002_response_map.RULE,))
    requests = {m.name for m in found.methods if m.kind is Kind.REQUEST}
    assert set(result.applied[0].places) == requests


def test_an_unknown_release_is_normalized_by_structure() -> None:
    known = normalize(load("0.169.0"))
    unknown = normalize(replace(load("0.169.0"), version=None))
    assert unknown.protocol.types == known.protocol.types
    assert unknown.protocol.methods == known.protocol.methods
    assert unknown.stale == ()


def test_hidden_methods_are_told_from_published_ones() -> None:
    found = normalize(load("0.163.0")).protocol
    hidden = found.method("getAuthStatus", Side.CLIENT, Kind.REQUEST)
    assert hidden is not None
    assert not hidden.published
    assert hidden.stability is Stability.STABLE
    assert all(m.published for m in found.methods if m.name.startswith("thread/"))
