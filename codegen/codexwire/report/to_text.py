"""A finding report for people, a line per finding."""

from __future__ import annotations

from codexwire.finding import Level
from codexwire.report.findings import Group, Report, Row

__all__ = ["to_text"]

_COLORS = {Level.ERROR: "31", Level.WARNING: "33", Level.INFO: "36"}


def to_text(report: Report, *, color: bool = False) -> str:
    """Return the report as text; `color` marks the levels for a terminal."""
    lines: list[str] = []
    for group in report.groups:
        lines += _group(group, color)
    for section in report.sections:
        lines += [section.title, *(f"  {line}" for line in section.lines), ""]
    return "\n".join([*lines, report.summary]) + "\n"


def _group(group: Group, color: bool) -> list[str]:
    if not group.rows and not group.dropped:
        return []
    width = max((len(str(row.line or "")) for row in group.rows), default=0)
    lines = [f"{group.path} ({group.facts})" if group.facts else group.path]
    lines += [_row(row, width, color) for row in group.rows]
    if group.dropped:
        lines.append(f"  … and {group.dropped} more (`--max-findings 0` shows all)")
    return [*lines, ""]


def _row(row: Row, width: int, color: bool) -> str:
    level = f"{row.level:7}"
    if color:
        level = f"\x1b[{_COLORS[row.level]}m{level}\x1b[0m"
    return f"  {row.line or '':>{width}}  {level}  {row.rule}  {row.text}"
