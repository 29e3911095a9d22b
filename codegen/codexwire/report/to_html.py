"""A diff as one HTML file with search and filters, nothing loaded from elsewhere."""

from __future__ import annotations

import json

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from codexwire.report.diff_data import SKEW_TITLES, SKEWS, DiffReport
from codexwire.report.diff_text import count_lines
from codexwire.report.diff_words import sentence
from codexwire.resources import templates_root

__all__ = ["to_diff_html"]


def to_diff_html(report: DiffReport) -> str:
    """Return the report as a page of its own."""
    environment = Environment(
        loader=FileSystemLoader(templates_root()),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    rows = [
        {
            "row": row,
            "sentence": sentence(row),
            "marks": list(zip(SKEW_TITLES, row.verdicts, strict=True)),
            "witnesses": [
                (
                    SKEW_TITLES[i],
                    w["rejected"],
                    json.dumps(w["message"], indent=2, ensure_ascii=False),
                )
                for i, skew in enumerate(SKEWS)
                if (w := (row.witness or {}).get(skew))
            ],
        }
        for row in report.rows
    ]
    return environment.get_template("report.html.jinja").render(
        report=report, rows=rows, counts=list(count_lines(report)), skews=SKEW_TITLES
    )
