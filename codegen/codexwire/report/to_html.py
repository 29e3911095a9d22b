"""A report as one HTML file with search and filters, nothing loaded from elsewhere."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from codexwire.finding import Finding
from codexwire.report.report import Report
from codexwire.report.words import about, printable
from codexwire.resources import templates_root

__all__ = ["to_html"]


def to_html(report: Report) -> str:
    """Return the report as a page of its own."""
    environment = Environment(
        loader=FileSystemLoader(templates_root()),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["printable"] = printable
    return environment.get_template("report.html.jinja").render(
        report=report, rows=[_row(finding, report.skews) for finding in report.findings]
    )


def _row(finding: Finding, skews: Mapping[str, str]) -> dict[str, Any]:
    facts = finding.facts
    proofs = facts.get("witness") or {}
    choice = facts["stability"] if skews else finding.level.value
    used = printable(", ".join(facts.get("methods", ())))
    return {
        "id": facts.get("fingerprint", ""),
        "level": finding.level.value,
        "choice": choice,
        "sentence": printable(finding.message),
        "about": f"{', '.join(facts['directions'])} in {used}" if used else about(finding),
        "rule": finding.rule,
        "place": printable(str(finding.location)),
        "mark": choice if choice == "experimental" else "",
        "ignored": facts.get("ignored", ""),
        "verdicts": [(title, facts["breaks"][skew]) for skew, title in skews.items()],
        "witnesses": [
            (title, proofs[skew]["rejected"], _indented(proofs[skew]["message"]))
            for skew, title in skews.items()
            if skew in proofs
        ],
    }


def _indented(message: Any) -> str:
    return json.dumps(message, indent=2, ensure_ascii=False)
