"""A finding report as SARIF 2.1.0, for code scanning."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from codexwire.finding import Level
from codexwire.report.findings import Group, Report, Row

__all__ = ["SARIF_LEVELS", "sarif_log", "sarif_rules", "to_sarif"]

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
SARIF_LEVELS = {Level.ERROR: "error", Level.WARNING: "warning", Level.INFO: "note"}


def to_sarif(report: Report) -> str:
    """Return the report as a SARIF log with one run, ending in a newline."""
    used = sorted({row.rule for _, row in report.rows()})
    index = {rule: position for position, rule in enumerate(used)}
    driver = {
        "name": "codexwire",
        "version": report.version,
        "rules": sarif_rules({rule: report.rules.get(rule, rule) for rule in used}),
    }
    unusable = [group for group in report.groups if group.unusable]
    run = {
        "tool": {"driver": driver},
        "invocations": [
            {
                "executionSuccessful": not unusable,
                "toolExecutionNotifications": [
                    {
                        "level": "error",
                        "message": {"text": group.unusable},
                        "locations": [{"physicalLocation": _file(group)}],
                    }
                    for group in unusable
                ],
            }
        ],
        "results": [_result(group, row, index[row.rule]) for group, row in report.rows()],
    }
    return sarif_log(run)


def sarif_rules(titles: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the rule list of a run, from rule id → title, in that order."""
    return [{"id": rule, "shortDescription": {"text": text}} for rule, text in titles.items()]


def sarif_log(run: Mapping[str, Any]) -> str:
    """Return a log with one run, ending in a newline."""
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _file(group: Group) -> dict[str, Any]:
    path = group.path.replace("\\", "/")
    return {"artifactLocation": {"uri": quote(path, safe="/:", errors="backslashreplace")}}


def _result(group: Group, row: Row, index: int) -> dict[str, Any]:
    place = _file(group)
    if row.line is not None:
        place["region"] = {"startLine": row.line}
    location: dict[str, Any] = {"physicalLocation": place}
    if row.pointer is not None:
        location["logicalLocations"] = [{"fullyQualifiedName": row.pointer, "kind": "value"}]
    text = f"{row.subject}: {row.message}" if row.subject else row.message
    return {
        "ruleId": row.rule,
        "ruleIndex": index,
        "level": SARIF_LEVELS[row.level],
        "message": {"text": text},
        "locations": [location],
    }
