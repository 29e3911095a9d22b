"""What must hold for every comparison: nothing differs from itself, and both directions agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from codexwire.diff import DiffFinding, diff
from codexwire.diff.table import RULES
from codexwire.ir.model import Protocol

VERSIONS = ["0.72.0", "0.99.0", "0.125.0", "0.163.0", "0.169.0", "0.171.0"]
PAIRS = [*pairwise(VERSIONS), ("0.72.0", "0.171.0")]
OPPOSITES = [
    ("request-added", "request-removed"),
    ("notification-added", "notification-removed"),
    ("property-added-required", "property-removed-required"),
    ("property-added-optional", "property-removed-optional"),
    ("property-became-required", "property-became-optional"),
    ("became-nullable", "became-non-nullable"),
    ("type-widened", "type-narrowed"),
    ("enum-value-added", "enum-value-removed"),
    ("variant-added", "variant-removed"),
    ("object-split-into-union", "union-collapsed"),
    ("union-opened", "union-closed"),
    ("constraint-loosened", "constraint-tightened"),
    ("additional-properties-opened", "additional-properties-closed"),
    ("type-added", "type-removed"),
]
MIRROR = {a: b for pair in OPPOSITES for a, b in (pair, pair[::-1])}
SWAPPED = {"narrows": "widens", "widens": "narrows"}


def seen(finding: DiffFinding) -> tuple[object, ...]:
    return (
        finding.rule,
        frozenset((finding.type, finding.old_type)),
        finding.path if finding.rule != "method-renamed" else "",
        finding.effect.value,
        finding.old_client != "safe",
        finding.new_client != "safe",
        finding.methods if finding.rule != "method-renamed" else (),
        finding.senders,
        finding.stability,
        finding.old,
        finding.new,
    )


def mirrored(finding: DiffFinding) -> tuple[object, ...]:
    rule, types, path, effect, old_client, new_client, *rest, old, new = seen(finding)
    assert isinstance(rule, str)
    assert isinstance(effect, str)
    rule, effect = MIRROR.get(rule, rule), SWAPPED.get(effect, effect)
    return (rule, types, path, effect, new_client, old_client, *rest, new, old)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_version_does_not_differ_from_itself(
    version: str, published: Callable[[str], Protocol]
) -> None:
    assert diff(published(version), published(version)).findings == ()


@pytest.mark.parametrize(("old", "new"), PAIRS)
def test_the_reverse_comparison_is_the_mirror_image(
    old: str, new: str, published: Callable[[str], Protocol]
) -> None:
    forth = diff(published(old), published(new)).findings
    back = diff(published(new), published(old)).findings
    assert Counter(map(mirrored, forth)) == Counter(map(seen, back))


@pytest.mark.parametrize(("old", "new"), PAIRS)
def test_fingerprints_tell_findings_apart(
    old: str, new: str, published: Callable[[str], Protocol]
) -> None:
    findings = diff(published(old), published(new), witnesses=False).findings
    counts = Counter(f.fingerprint for f in findings)
    assert [f for f in findings if counts[f.fingerprint] > 1] == []


@pytest.mark.parametrize(("old", "new"), PAIRS)
def test_every_pointer_leads_to_a_node_of_the_owning_type(
    old: str, new: str, published: Callable[[str], Protocol]
) -> None:
    documents = {v: published(v).document()["definitions"] for v in (old, new)}
    for finding in diff(published(old), published(new), witnesses=False).findings:
        gone = finding.new is None and finding.old is not None
        node: Any = documents[old if gone else new]
        for part in (finding.old_type if gone else finding.type).split("/"):
            node = node[part]
        for step in finding.pointer.split("/")[1:]:
            step = step.replace("~1", "/").replace("~0", "~")
            node = node[int(step)] if isinstance(node, list) else node[step]


def test_every_rule_has_its_mirror_image_in_the_table() -> None:
    ids = {rule.id for rule in RULES}
    assert set(MIRROR) <= ids
