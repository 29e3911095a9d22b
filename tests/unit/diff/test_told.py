"""Where a change is listed, and whom it concerns, by its rule and its verdicts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from codexwire.diff import Diff, DiffFinding, diff
from codexwire.diff.contract import Contract
from codexwire.diff.contract_filter import touching
from codexwire.diff.usage import TypeUsage
from codexwire.diff.verdict import Verdict
from codexwire.direction import Kind, Side, Stability
from codexwire.ir.model import Method, Protocol, Source, TypeDef, ref_to
from codexwire.profiles.app_server.profile import APP_SERVER
from codexwire.usecases.diff_report import diff_report

CASES = Path(__file__).parents[2] / "cases" / "diff"


def protocol(types: Mapping[str, Any], sender: Side) -> Protocol:
    """A protocol of one notification with the type `Subject`."""
    branch = {"properties": {"method": {"enum": ["x"]}, "params": ref_to("Subject")}}
    method = Method("x", sender, Kind.NOTIFICATION, branch, Stability.UNKNOWN)
    known = {name: TypeDef(name, node, Stability.UNKNOWN) for name, node in types.items()}
    sources = (Source("unknown", ""),)
    return Protocol(
        "case", None, sources, MappingProxyType(known), (method,), {}, layout=APP_SERVER
    )


def found(rule: str, sender: Side) -> DiffFinding:
    """What the rule says about its case."""
    case = json.loads((CASES / rule / "fires.json").read_text("utf-8"))
    old, new = (protocol(case[side]["types"], sender) for side in ("old", "new"))
    return next(finding for finding in diff(old, new).findings if finding.rule == rule)


def chapters(finding: DiffFinding) -> list[str]:
    return [chapter.title for chapter in diff_report(Diff((finding,)), "1", "2").chapters]


@pytest.mark.parametrize(
    ("rule", "title"),
    [
        ("property-added-optional", "New and harmless"),
        ("enum-value-added", "New and harmless"),
        ("variant-added", "New and harmless"),
        ("property-removed-optional", "Gone without harm"),
        ("enum-value-removed", "Gone without harm"),
        ("variant-removed", "Gone without harm"),
        ("property-became-optional", "Other changes"),
        ("default-changed", "Other changes"),
        ("ref-retargeted", None),
        ("type-added", None),
        ("type-removed", None),
    ],
)
def test_where_a_changelog_lists_a_change_that_breaks_nothing(rule: str, title: str | None) -> None:
    safe = replace(
        found(rule, Side.SERVER),
        old_client=Verdict.SAFE,
        new_client=Verdict.SAFE,
        senders=(Side.SERVER,),
    )
    assert chapters(safe) == ([title] if title else [])
    assert chapters(replace(safe, senders=())) == (["In no message"] if title else [])


@pytest.mark.parametrize(
    ("old_client", "new_client", "titles"),
    [
        ("breaks", "safe", ["Breaks old clients on a new server"]),
        ("unproven", "safe", ["Breaks old clients on a new server"]),
        ("safe", "breaks", ["Breaks new clients on an old server"]),
        ("safe", "unproven", ["Breaks new clients on an old server"]),
        ("safe", "conditional", ["Needs a new server"]),
        ("breaks", "conditional", ["Breaks old clients on a new server"]),
        ("safe", "safe", ["New and harmless"]),
    ],
)
def test_where_a_changelog_lists_a_break(
    old_client: str, new_client: str, titles: list[str]
) -> None:
    verdicts = {"old_client": Verdict(old_client), "new_client": Verdict(new_client)}
    assert chapters(replace(found("enum-value-added", Side.SERVER), **verdicts)) == titles


@pytest.mark.parametrize(
    ("rule", "used"),
    [
        ("enum-value-added", "values"),
        ("enum-value-removed", "values"),
        ("enum-value-became-variant", "values"),
        ("variant-added", "variants"),
        ("variant-removed", "variants"),
        ("object-split-into-union", "variants"),
        ("union-collapsed", "variants"),
    ],
)
def test_who_sends_a_value_or_variant_is_concerned_by_its_change(rule: str, used: str) -> None:
    change = found(rule, Side.CLIENT)
    name = change.key.partition("+")[0]
    place = f"{change.path}={name}" if used == "values" else f"{change.path}<{name}>"
    for usage, touched in (
        (TypeUsage(**{used: {place}}), True),
        (TypeUsage(**{used: {place.replace(name, "another")}}), False),
        (TypeUsage(fields={change.path}), False),
    ):
        contract = Contract({}, {change.type: usage}, {})
        assert bool([*touching(contract, [change])]) is touched
    assert (f"<{change.key}>" in change.brief) is (used == "variants")
