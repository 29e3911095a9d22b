"""A diff as GitHub workflow commands: an annotation for everything that is more than information."""

from __future__ import annotations

from codexwire.finding import Level
from codexwire.report.diff_data import SKEW_TITLES, DiffReport, DiffRow
from codexwire.report.diff_text import count_lines
from codexwire.report.diff_words import sentence
from codexwire.report.to_github import github_command

__all__ = ["to_diff_github"]

_WORDS = {"breaks": "breaks", "conditional": "breaks if sent:", "unproven": "may break"}


def to_diff_github(report: DiffReport) -> str:
    """Return one `::error` or `::warning` line a change, and the counts as a notice."""
    rows = [r for r in report.rows if not r.ignored and r.level is not Level.INFO]
    counts = "; ".join(count_lines(report))
    title = {"title": f"{report.old} → {report.new}"}
    lines = [*map(_line, rows), github_command(Level.INFO, counts, title)]
    return "\n".join(lines) + "\n"


def _line(row: DiffRow) -> str:
    broken = [
        f"{_WORDS[verdict]} {title}"
        for title, verdict in zip(SKEW_TITLES, row.verdicts, strict=True)
        if verdict != "safe"
    ]
    text = f"{sentence(row)} [{'; '.join(broken) or 'breaks nothing'}; {row.fingerprint}]"
    return github_command(row.level, text, {"title": row.rule})
