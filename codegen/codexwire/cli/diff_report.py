"""A `Diff` as the plain rows that the reports print."""

from __future__ import annotations

from codexwire.diff import Diff, DiffFinding
from codexwire.diff.table import RULES
from codexwire.direction import Side
from codexwire.report.diff_data import DiffReport, DiffRow

__all__ = ["diff_report"]

_DIRECTIONS = {Side.CLIENT: "client_to_server", Side.SERVER: "server_to_client"}
_TITLES = {rule.id: rule.title for rule in RULES}


def diff_report(diff: Diff, old: str, new: str) -> DiffReport:
    """Return the report of a comparison of two versions by their names."""
    return DiffReport(old, new, tuple(_row(f) for f in diff.findings), texts=diff.texts)


def _row(finding: DiffFinding) -> DiffRow:
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
        levels=(finding.old_client_level.value, finding.new_client_level.value),
        stability=finding.stability,
        old=finding.old,
        new=finding.new,
        note=finding.note,
        fingerprint=finding.fingerprint,
        witness=finding.witness,
    )
