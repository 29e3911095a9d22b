"""A change of a keyword that the comparison does not evaluate is never silent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from codexwire.diff import diff
from codexwire.diff.levels import counts
from codexwire.diff.rule import Skew
from codexwire.diff.verdict import Verdict
from codexwire.finding import Level
from codexwire.ingest import load
from codexwire.ir.model import Protocol
from codexwire.normalize import normalize

GOLDEN = Path(__file__).parents[2] / "golden" / "stable.json"
TEXT = {"type": "string"}


def protocol(folder: Path, name: str, node: Any) -> Protocol:
    """Return the golden protocol in which the params of turn/start have one more property."""
    value = json.loads(GOLDEN.read_text("utf-8"))
    value["definitions"]["v2"]["TurnStartParams"]["properties"]["odd"] = node
    path = folder / f"{name}.json"
    path.write_text(json.dumps(value), "utf-8")
    return normalize(load(path)).protocol


# What stands there in both, without which the keyword has no effect.
BESIDE: dict[str, Any] = {"additionalItems": {"items": [TEXT]}, "if": {"then": False}}
KEYWORDS: dict[str, Any] = {
    "additionalItems": False,
    "contains": TEXT,
    "dependencies": {"a": ["b"]},
    "exclusiveMaximum": 7,
    "exclusiveMinimum": 7,
    "if": {"required": ["a"]},
    "items": [TEXT],
    "maxProperties": 2,
    "minProperties": 1,
    "multipleOf": 2,
    "not": {"required": ["a"]},
    "patternProperties": {"^x": TEXT},
    "propertyNames": {"maxLength": 3},
    "uniqueItems": True,
}


@pytest.mark.parametrize("keyword", KEYWORDS)
@pytest.mark.parametrize("node", [{"type": ["array", "object", "integer"]}, {}])
def test_a_change_of_it_is_unproven(tmp_path: Path, keyword: str, node: dict[str, Any]) -> None:
    node = {**node, **BESIDE.get(keyword, {})}
    old = protocol(tmp_path, "old", node)
    new = protocol(tmp_path, "new", {**node, keyword: KEYWORDS[keyword]})
    for pair in ((old, new), (new, old)):
        found = [f for f in diff(*pair).findings if f.rule == "keyword-changed"]
        assert [f.key for f in found] == [keyword]
        assert {found[0].old_client, found[0].new_client} == {Verdict.UNPROVEN}
    assert diff(new, new).findings == ()


@pytest.mark.parametrize(
    ("node", "verdict"), [({"not": TEXT}, Verdict.UNPROVEN), ({"type": "integer"}, Verdict.BREAKS)]
)
def test_what_is_unproven_counts_as_what_breaks_does(
    tmp_path: Path, node: dict[str, Any], verdict: Verdict
) -> None:
    old, new = protocol(tmp_path, "old", {}), protocol(tmp_path, "new", node)
    (found,) = diff(old, new).findings
    assert found.old_client is verdict
    assert counts(found, Skew.OLD_CLIENT, Level.WARNING)


@pytest.mark.parametrize("idle", [{"additionalItems": False}, {"if": {"required": ["a"]}}])
def test_a_keyword_that_has_no_effect_is_no_change(tmp_path: Path, idle: dict[str, Any]) -> None:
    old = protocol(tmp_path, "old", {"type": ["array", "object"]})
    new = protocol(tmp_path, "new", {"type": ["array", "object"], **idle})
    assert diff(old, new).findings == ()


def test_exactly_one_is_not_at_least_one(tmp_path: Path) -> None:
    branches = [
        {"type": "object", "properties": {"a": TEXT}, "required": ["a"]},
        {"type": "object", "properties": {"b": TEXT}, "required": ["b"]},
    ]
    old = protocol(tmp_path, "old", {"anyOf": branches})
    new = protocol(tmp_path, "new", {"oneOf": branches})
    assert [f.key for f in diff(old, new).findings] == ["oneOf"]


def test_branches_that_cannot_overlap_are_the_same_in_both(tmp_path: Path) -> None:
    branches = [TEXT, {"type": "integer"}]
    old = protocol(tmp_path, "old", {"anyOf": branches})
    new = protocol(tmp_path, "new", {"oneOf": branches})
    assert diff(old, new).findings == ()
