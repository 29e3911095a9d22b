"""A diff as SARIF 2.1.0: one result a change, its place a logical location."""

from __future__ import annotations

import json
from typing import Any

from codexwire.report.diff_data import SKEWS, DiffReport, DiffRow
from codexwire.report.diff_words import sentence

__all__ = ["to_diff_sarif"]

_LEVELS = {"error": "error", "warning": "warning", "info": "note"}


def to_diff_sarif(report: DiffReport) -> str:
    """Return the report as a SARIF log with one run."""
    rules = {row.rule: row.title for row in report.rows}
    order = sorted(rules)
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "codexwire diff",
                        "rules": [
                            {"id": rule, "shortDescription": {"text": rules[rule]}}
                            for rule in order
                        ],
                    }
                },
                "properties": {"old": report.old, "new": report.new},
                "results": [_result(row, order.index(row.rule)) for row in report.rows],
            }
        ],
    }
    return json.dumps(log, indent=2, ensure_ascii=False) + "\n"


def _result(row: DiffRow, index: int) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": row.rule,
        "ruleIndex": index,
        "level": _LEVELS[row.level],
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
