"""A diff as SARIF 2.1.0: one result a change, its place a logical location."""

from __future__ import annotations

from typing import Any

from codexwire.report.diff_data import SKEWS, DiffReport, DiffRow
from codexwire.report.diff_words import sentence
from codexwire.report.to_sarif import SARIF_LEVELS, sarif_log, sarif_rules

__all__ = ["to_diff_sarif"]


def to_diff_sarif(report: DiffReport) -> str:
    """Return the report as a SARIF log with one run."""
    titles = {row.rule: row.title for row in sorted(report.rows, key=lambda r: r.rule)}
    order = list(titles)
    return sarif_log(
        {
            "tool": {"driver": {"name": "codexwire diff", "rules": sarif_rules(titles)}},
            "properties": {"old": report.old, "new": report.new},
            "results": [_result(row, order.index(row.rule)) for row in report.rows],
        }
    )


def _result(row: DiffRow, index: int) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": row.rule,
        "ruleIndex": index,
        "level": SARIF_LEVELS[row.level],
        "message": {"text": sentence(row)},
        "locations": [
            {
                "logicalLocations": [
                    {"fullyQualifiedName": f"{row.type}#{row.pointer}", "kind": "type"}
                ]
            }
        ],
        "partialFingerprints": {"codexwire/v1": row.fingerprint},
        "properties": {
            "breaks": dict(zip(SKEWS, row.verdicts, strict=True)),
            "methods": list(row.methods),
            "directions": list(row.directions),
        },
    }
    if row.ignored:
        result["suppressions"] = [{"kind": "external", "justification": row.ignored}]
    return result
