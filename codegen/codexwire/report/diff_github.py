"""A diff as GitHub workflow commands: an annotation for everything that is more than information."""

from __future__ import annotations

from codexwire.report.diff_data import SKEW_TITLES, DiffReport, DiffRow
from codexwire.report.diff_text import count_lines
from codexwire.report.diff_words import sentence

__all__ = ["to_diff_github"]

_COMMANDS = {"error": "error", "warning": "warning", "info": "notice"}
_WORDS = {"breaks": "breaks", "conditional": "breaks if sent:", "unproven": "may break"}


def to_diff_github(report: DiffReport) -> str:
    """Return one `::error` or `::warning` line a change, and the counts as a notice."""
    rows = [r for r in report.rows if not r.ignored and r.level != "info"]
    counts = _escaped("; ".join(count_lines(report)))
    title = _property(f"{report.old} → {report.new}")
    return "".join(_line(r) + "\n" for r in rows) + f"::notice title={title}::{counts}\n"


def _line(row: DiffRow) -> str:
    broken = [
        f"{_WORDS[verdict]} {title}"
        for title, verdict in zip(SKEW_TITLES, row.verdicts, strict=True)
        if verdict != "safe"
    ]
    text = f"{sentence(row)} [{'; '.join(broken) or 'breaks nothing'}; {row.fingerprint}]"
    return f"::{_COMMANDS[row.level]} title={_property(row.rule)}::{_escaped(text)}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")
