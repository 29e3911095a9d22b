"""A diff as Markdown: a changelog for people, fit for a release note."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from codexwire.report.diff_data import SKEW_TITLES, SKEWS, DiffReport, DiffRow
from codexwire.report.diff_words import sentence

__all__ = ["to_diff_markdown"]

_BROKEN = ("breaks", "unproven")
_NEW = frozenset({"property-added-optional", "type-added", "enum-value-added", "variant-added"})
_QUIET = frozenset({"type-added", "type-removed", "type-unreachable", "ref-retargeted"})
_METHODS = 4

_SECTIONS: tuple[tuple[str, str, Callable[[DiffRow], bool]], ...] = (
    (
        "Breaks old clients on a new server",
        "A client built for the old version, talking to the new one.",
        lambda row: row.verdicts[0] in _BROKEN,
    ),
    (
        "Breaks new clients on an old server",
        "A client built for the new version, talking to the old one.",
        lambda row: row.verdicts[1] in _BROKEN,
    ),
    (
        "Needs a new server",
        "Fine until a new client uses it on an old server.",
        lambda row: row.verdicts[1] == "conditional" and row.verdicts[0] not in _BROKEN,
    ),
    (
        "New and harmless",
        "The other side ignores it.",
        lambda row: not row.broken and row.rule in _NEW and row.rule not in _QUIET,
    ),
    (
        "Other changes",
        "",
        lambda row: not row.broken and row.rule not in _NEW | _QUIET,
    ),
)


def to_diff_markdown(report: DiffReport) -> str:
    """Return the report as Markdown, grouped by what it means for a client and by owning type."""
    lines = [f"# Protocol changes from {report.old} to {report.new}", "", *_table(report)]
    rows = [r for r in report.rows if not r.ignored]
    for title, explanation, belongs in _SECTIONS:
        chosen = [r for r in rows if belongs(r)]
        if chosen:
            lines += ["", f"## {title}", ""]
            lines += [explanation, ""] if explanation else []
            lines += _items(report, chosen)
    ignored = [r for r in report.rows if r.ignored]
    if ignored:
        lines += ["", "## Ignored", ""]
        lines += [f"- {sentence(r, quote='`')}: {r.ignored}" for r in ignored]
    return "\n".join(lines) + "\n"


def _table(report: DiffReport) -> Iterator[str]:
    yield "| | breaks | only if sent | unproven |"
    yield "|---|---:|---:|---:|"
    for index, title in enumerate(SKEW_TITLES):
        counts = [report.count(index, v) for v in ("breaks", "conditional", "unproven")]
        yield f"| {title} | {' | '.join(map(str, counts))} |"
    yield ""
    types = sum(r.rule == "type-added" for r in report.rows)
    gone = sum(r.rule == "type-removed" for r in report.rows)
    yield f"{len(report.rows)} changes, {types} types added, {gone} removed. Suggested bump: {report.bump}."


def _items(report: DiffReport, rows: list[DiffRow]) -> Iterator[str]:
    for group in report.by_type(rows).values():
        for row in group:
            yield f"- {sentence(row, quote='`')}{_where_used(row)}{_marks(row)}"
        witness = next((r for r in group if r.witness), None)
        if witness is not None and any(v in _BROKEN for v in witness.verdicts):
            yield from _example(witness)


def _where_used(row: DiffRow) -> str:
    if not row.methods or row.type in ("ClientRequest", "ServerRequest") or "*" in row.methods:
        return ""
    if row.type in ("ClientNotification", "ServerNotification"):
        return ""
    shown = ", ".join(f"`{m}`" for m in row.methods[:_METHODS])
    more = len(row.methods) - _METHODS
    return f" – in {shown}" + (f" and {more} more" if more > 0 else "")


def _marks(row: DiffRow) -> str:
    return " *(experimental)*" if row.stability == "experimental" else ""


def _example(row: DiffRow) -> Iterator[str]:
    skew = next(s for s in SKEWS if s in (row.witness or {}))
    witness = (row.witness or {})[skew]
    text = json.dumps(witness["message"], ensure_ascii=False)
    yield f"  <details><summary>a message that shows it</summary>\n\n  ```json\n  {text}\n  ```\n"
    yield f"  {witness['rejected']}.\n\n  </details>"
