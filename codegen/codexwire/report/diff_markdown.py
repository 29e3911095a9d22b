"""A diff as Markdown: a changelog for people, fit for a release note."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from codexwire.report.diff_data import SKEW_TITLES, SKEWS, DiffReport, DiffRow
from codexwire.report.diff_words import sentence

__all__ = ["to_diff_markdown"]

_BROKEN = ("breaks", "unproven")
_NEW = frozenset({"property-added-optional", "enum-value-added", "variant-added"})
_GONE = frozenset({"property-removed-optional", "enum-value-removed", "variant-removed"})
_QUIET = frozenset({"type-added", "type-removed", "type-unreachable", "ref-retargeted"})
_UNIONS = frozenset({"ClientRequest", "ServerRequest", "ClientNotification", "ServerNotification"})
_OWN = _NEW | _GONE | _QUIET
_METHODS = 4
_INDENT = "  "


class _Section(NamedTuple):
    """A heading, what it means, and which changes stand there; of a skew that breaks, an example too."""

    title: str
    explanation: str
    belongs: Callable[[DiffRow], bool]
    skew: int | None = None


_SECTIONS = (
    _Section(
        "Breaks old clients on a new server",
        "A client built for the old version, talking to the new one.",
        lambda row: row.verdicts[0] in _BROKEN,
        0,
    ),
    _Section(
        "Breaks new clients on an old server",
        "A client built for the new version, talking to the old one.",
        lambda row: row.verdicts[1] in _BROKEN,
        1,
    ),
    _Section(
        "Needs a new server",
        "Fine until a new client uses it on an old server.",
        lambda row: row.verdicts[1] == "conditional" and row.verdicts[0] not in _BROKEN,
    ),
    _Section(
        "New and harmless",
        "The other side ignores it, or takes unknown values there anyway.",
        lambda row: not row.broken and bool(row.directions) and row.rule in _NEW,
    ),
    _Section(
        "Gone without harm",
        "Nobody could rely on it, and the other side ignores it.",
        lambda row: not row.broken and bool(row.directions) and row.rule in _GONE,
    ),
    _Section(
        "Other changes",
        "",
        lambda row: not row.broken and bool(row.directions) and row.rule not in _OWN,
    ),
    _Section(
        "In no message",
        "What changed in types that no message of both versions contains.",
        lambda row: not row.directions and row.rule not in _QUIET,
    ),
)


def to_diff_markdown(report: DiffReport) -> str:
    """Return the report as Markdown, grouped by what it means for a client and by owning type."""
    lines = [f"# Protocol changes from {report.old} to {report.new}", "", *_table(report)]
    rows = [r for r in report.rows if not r.ignored]
    for section in _SECTIONS:
        chosen = [r for r in rows if section.belongs(r)]
        if chosen:
            lines += ["", f"## {section.title}", ""]
            lines += [section.explanation, ""] if section.explanation else []
            for group in report.by_type(chosen).values():
                lines += _group(group, section)
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


def _group(rows: list[DiffRow], section: _Section) -> Iterator[str]:
    """The changes of one type, and where it is used, once; last a message that shows a break."""
    used = _where_used(rows)
    quiet = section.explanation and section.skew is None
    texts = [f"{sentence(r, quote='`', notes=not quiet)}{_marks(r)}" for r in rows]
    if used and len(rows) > 1:
        yield f"- `{rows[0].type}`, in {used}:"
        yield from (f"{_INDENT}- {text}" for text in texts)
    else:
        yield from (f"- {text}{f' – in {used}' if used else ''}" for text in texts)
    if section.skew is not None:
        skew = SKEWS[section.skew]
        witnesses = [r.witness[skew] for r in rows if r.witness and skew in r.witness]
        yield from _example(witnesses[0]) if witnesses else ()


def _where_used(rows: list[DiffRow]) -> str:
    """The methods of a type in a few words; empty where the type is a union of methods itself."""
    if rows[0].type in _UNIONS:
        return ""
    methods = sorted({m for r in rows for m in r.methods})
    shown = ", ".join(f"`{m}`" for m in methods[:_METHODS])
    more = len(methods) - _METHODS
    return shown + (f" and {more} more" if more > 0 else "")


def _marks(row: DiffRow) -> str:
    return " *(experimental)*" if row.stability == "experimental" else ""


def _example(witness: Mapping[str, Any]) -> Iterator[str]:
    text = json.dumps(witness["message"], ensure_ascii=False)
    yield f"  <details><summary>a message that shows it</summary>\n\n  ```json\n  {text}\n  ```\n"
    yield f"  {witness['rejected']}.\n\n  </details>"
