"""A report as JSON; `schema/report/<command>.schema.json` describes it."""

from __future__ import annotations

import json

from codexwire.finding import page_url
from codexwire.report.report import Report

__all__ = ["to_json"]


def to_json(report: Report) -> str:
    """Return the report's document, with the page of each rule, as JSON that ends in a newline."""
    pages = {rule: page_url(rule) for rule in report.used_rules}
    document = {**report.document, "pages": pages}
    return json.dumps(document, indent=2, ensure_ascii=report.ascii) + "\n"
