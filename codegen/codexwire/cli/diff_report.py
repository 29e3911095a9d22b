"""A `Diff` as the plain rows that the reports print."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from codexwire.diff import Diff, DiffFinding, Witness
from codexwire.diff.bump import suggested_bump
from codexwire.diff.collect import Found
from codexwire.diff.table import RULES
from codexwire.direction import Side
from codexwire.finding import Level
from codexwire.report.diff_data import DiffReport, DiffRow

__all__ = ["diff_report", "found_row"]

_DIRECTIONS = {Side.CLIENT: "client_to_server", Side.SERVER: "server_to_client"}
_TITLES = {rule.id: rule.title for rule in RULES}


def diff_report(
    diff: Diff, old: str, new: str, *, ignored: Mapping[str, str] | None = None
) -> DiffReport:
    """Return the report of a comparison of two versions by their names.

    `ignored` are the fingerprints of findings that do not count, with the reason.
    """
    reasons = ignored or {}
    counted = [f for f in diff.findings if f.fingerprint not in reasons]
    rows = tuple(_row(f, reasons.get(f.fingerprint, "")) for f in diff.findings)
    return DiffReport(old, new, rows, suggested_bump(counted), diff.texts)


def found_row(found: Found) -> DiffRow:
    """Return the row of a change that was found outside a whole comparison, without verdicts."""
    return DiffRow(
        rule=found.rule.id,
        title=found.rule.title,
        type=found.owner.new,
        old_type=found.owner.old,
        path="".join(found.place.label),
        pointer="",
        methods=tuple(r.method for r in found.roots),
        directions=(),
        effect=found.effect.value,
        verdicts=("safe", "safe"),
        levels=(Level.INFO, Level.INFO),
        stability="",
        old=found.change.old,
        new=found.change.new,
        note="",
        fingerprint="",
        key=found.change.key,
    )


def _row(finding: DiffFinding, ignored: str) -> DiffRow:
    return DiffRow(
        rule=finding.rule,
        title=_TITLES[finding.rule],
        type=finding.type,
        old_type=finding.old_type,
        path=finding.path,
        pointer=finding.pointer,
        methods=finding.methods,
        directions=tuple(_DIRECTIONS[s] for s in finding.senders),
        effect=finding.effect.value,
        verdicts=(finding.old_client.value, finding.new_client.value),
        levels=(finding.old_client_level, finding.new_client_level),
        stability=finding.stability,
        old=finding.old,
        new=finding.new,
        note=finding.note,
        fingerprint=finding.fingerprint,
        key=finding.key,
        witness=None
        if finding.witness is None
        else {skew: _witness(w) for skew, w in finding.witness.items()},
        ignored=ignored,
    )


def _witness(witness: Witness) -> dict[str, Any]:
    return {
        "sender": witness.sender.value,
        "kind": witness.kind,
        "method": witness.method,
        "message": witness.value,
        "rejected": witness.reason,
    }
