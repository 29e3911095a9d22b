"""A report as JSON; `schema/report/<command>.schema.json` describes it."""

from __future__ import annotations

import json

from codexwire.report.report import Report

__all__ = ["to_json"]


def to_json(report: Report) -> str:
    """Return the report's document as JSON, ending in a newline."""
    return json.dumps(report.document, indent=2, ensure_ascii=report.ascii) + "\n"
