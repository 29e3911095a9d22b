"""Changes of real releases that other tools judge wrongly."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from codexwire.diff import Diff, DiffFinding, diff
from codexwire.ingest.archive import archive
from codexwire.ir.model import Protocol
from codexwire.normalize import Effect, normalize
from codexwire.usecases.releases import comparable
from codexwire.version import Version

TRAPS = sorted((Path(__file__).parents[2] / "cases" / "diff" / "traps").glob("*.json"))


@cache
def published(version: str) -> Protocol:
    protocol = archive().protocol(Version.parse(version))
    assert protocol is not None
    return normalize(protocol, effects=(Effect.ANNOTATE,)).protocol


def mended(version: str) -> Protocol:
    return comparable(Version.parse(version))


@cache
def compared(old: str, new: str, reading: Callable[[str], Protocol]) -> Diff:
    return diff(reading(old), reading(new))


def facts(finding: DiffFinding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "path": finding.path,
        "key": finding.key,
        "verdicts": [finding.old_client.value, finding.new_client.value],
    }


def in_order(rows: list[dict[str, Any]]) -> list[str]:
    return sorted(json.dumps(row, sort_keys=True) for row in rows)


@pytest.mark.parametrize("reading", [published, mended])
@pytest.mark.parametrize("path", TRAPS, ids=lambda p: p.stem)
def test_trap(path: Path, reading: Callable[[str], Protocol]) -> None:
    trap = json.loads(path.read_text("utf-8"))
    trap |= trap.get(reading.__name__, {})
    name, _, method = trap["type"].partition(":")
    findings = [
        f
        for f in compared(trap["old"], trap["new"], reading).findings
        if f.type == name and (not method or f.methods == (method,))
    ]
    broken = [facts(f) for f in findings if {f.old_client, f.new_client} != {"safe"}]
    assert in_order(broken) == in_order(trap["breaks"]), trap["why"]
    shown = [facts(f) for f in findings]
    assert [row for row in trap["safe"] if row not in shown] == []
    assert [row for row in shown if row["rule"] in trap["absent"]] == []


def test_every_break_of_the_traps_has_a_witness() -> None:
    for path in TRAPS:
        trap = json.loads(path.read_text("utf-8"))
        for finding in compared(trap["old"], trap["new"], published).findings:
            broken = {s for s in ("old_client", "new_client") if getattr(finding, s) != "safe"}
            assert len(broken) == len(finding.witness or {})
