"""A finding report as Markdown, for a pull request or a job summary."""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.report.findings import Group, Report

__all__ = ["to_markdown"]


def to_markdown(report: Report) -> str:
    """Return the report as Markdown: a summary, then a table for every file with findings."""
    lines = [f"# {report.command}", "", report.summary, ""]
    for group in report.groups:
        if group.rows:
            lines += _group(group)
    for section in report.sections:
        lines += [f"## {section.title}", "", *(f"    {line}" for line in section.lines), ""]
    return "\n".join(lines).rstrip() + "\n"


def _group(group: Group) -> Iterator[str]:
    yield f"## {_cell(group.path)}"
    yield ""
    if group.facts:
        yield group.facts
        yield ""
    yield "| line | level | rule | about | at | what |"
    yield "|---:|---|---|---|---|---|"
    for row in group.rows:
        cells = (row.line or "", row.level, row.rule, row.subject, row.pointer or "", row.message)
        yield f"| {' | '.join(_cell(str(cell)) for cell in cells)} |"
    if group.dropped:
        yield ""
        yield f"… and {group.dropped} more."
    yield ""


def _cell(text: str) -> str:
    """Return text that cannot end a cell or start markup."""
    for character in "\\|<`*_[":
        text = text.replace(character, f"\\{character}")
    return " ".join(text.split())
