"""A diff as JSON; `schema/report/diff.schema.json` describes it."""

from __future__ import annotations

import json
from typing import Any

from codexwire.finding import Level
from codexwire.report.diff_data import SKEWS, DiffReport, DiffRow

__all__ = ["diff_document", "to_diff_json"]

_VERDICTS = ("breaks", "conditional", "unproven", "safe")


def to_diff_json(report: DiffReport) -> str:
    """Return the report as JSON with a version field, ending in a newline."""
    return json.dumps(diff_document(report), indent=2, ensure_ascii=False) + "\n"


def diff_document(report: DiffReport) -> dict[str, Any]:
    """Return the report as plain JSON values."""
    document: dict[str, Any] = {
        "version": 1,
        "old": report.old,
        "new": report.new,
        "summary": _summary(report),
        "findings": [_finding(row) for row in report.rows],
    }
    for key, applied in (("restored", report.restored), ("project_rules", report.project_rules)):
        if applied:
            document[key] = {name: list(rules) for name, rules in applied.items()}
    return document


def _summary(report: DiffReport) -> dict[str, Any]:
    levels = [row.level for row in report.rows if not row.ignored]
    return {
        "findings": len(report.rows),
        "ignored": sum(bool(row.ignored) for row in report.rows),
        "levels": {level.value: levels.count(level) for level in Level},
        "breaks": {
            skew: {verdict: report.count(index, verdict) for verdict in _VERDICTS}
            for index, skew in enumerate(SKEWS)
        },
        "descriptions_changed": report.texts,
        "suggested_bump": report.bump,
    }


def _finding(row: DiffRow) -> dict[str, Any]:
    return {
        "rule": row.rule,
        "type": row.type,
        "pointer": row.pointer,
        "methods": list(row.methods),
        "directions": list(row.directions),
        "effect": row.effect,
        "breaks": dict(zip(SKEWS, row.verdicts, strict=True)),
        "conditional": row.conditional,
        "stability": row.stability,
        "old": row.old,
        "new": row.new,
        "witness": row.witness,
        "fingerprint": row.fingerprint,
    }
