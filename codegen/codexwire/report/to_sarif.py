"""A report as SARIF 2.1.0, for code scanning."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from codexwire._version import __version__
from codexwire.finding import DOCUMENTATION, Finding, Level, page_url
from codexwire.report.report import Report
from codexwire.report.words import about, printable

__all__ = ["to_sarif"]

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {Level.ERROR: "error", Level.WARNING: "warning", Level.INFO: "note"}
_PROPERTIES = ("breaks", "methods", "directions", "count")


def to_sarif(report: Report) -> str:
    """Return the report as a SARIF log with one run, ending in a newline."""
    index = {rule: position for position, rule in enumerate(report.used_rules)}
    unusable = [group for group in report.groups if group.unusable]
    run: dict[str, Any] = {
        "tool": {"driver": _driver(report)},
        # What tells the results of several commands apart, as GitHub does.
        "automationDetails": {"id": f"{report.command}/"},
        "invocations": [
            {
                "executionSuccessful": not unusable,
                "toolExecutionNotifications": [
                    {
                        "level": "error",
                        "message": {"text": printable(group.unusable)},
                        "locations": [{"physicalLocation": _file(group.title)}],
                    }
                    for group in unusable
                ],
            }
        ],
        "results": [_result(f, index[f.rule]) for f in report.findings],
    }
    if report.versions is not None:
        run["properties"] = dict(zip(("old", "new"), report.versions, strict=True))
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2) + "\n"


def _driver(report: Report) -> dict[str, Any]:
    """Return what reports, and its rules that have results."""
    return {
        "name": "codexwire",
        "version": __version__,
        "informationUri": DOCUMENTATION,
        "rules": [
            {
                "id": rule,
                "shortDescription": {"text": report.rules.get(rule, rule)},
                "helpUri": page_url(rule),
            }
            for rule in report.used_rules
        ],
    }


def _file(path: str) -> dict[str, Any]:
    uri = quote(printable(path).replace("\\", "/"), safe="/:", errors="backslashreplace")
    return {"artifactLocation": {"uri": uri}}


def _result(finding: Finding, index: int) -> dict[str, Any]:
    facts, subject = finding.facts, about(finding)
    text = printable(finding.message)
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": _LEVELS[finding.level],
        "message": {"text": f"{subject}: {text}" if subject else text},
        "locations": [dict(_location(finding))],
    }
    if "fingerprint" in facts:
        result["partialFingerprints"] = {"codexwire/v1": facts["fingerprint"]}
    if properties := {name: facts[name] for name in _PROPERTIES if name in facts}:
        result["properties"] = properties
    if facts.get("ignored"):
        result["suppressions"] = [{"kind": "external", "justification": facts["ignored"]}]
    return result


def _location(finding: Finding) -> Iterator[tuple[str, Any]]:
    at = finding.location
    if at.file is not None:
        line = {} if at.line is None else {"region": {"startLine": at.line}}
        yield "physicalLocation", {**_file(at.file), **line}
    if at.pointer is not None:
        name, kind = (at.pointer, "value") if at.type is None else (str(at), "type")
        yield "logicalLocations", [{"fullyQualifiedName": printable(name), "kind": kind}]
