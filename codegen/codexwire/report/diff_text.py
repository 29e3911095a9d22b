"""A diff as text: counts first, then what breaks, by owning type."""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.report.diff_data import SKEW_TITLES, DiffReport, DiffRow

__all__ = ["MARKS", "change_text", "count_lines", "to_diff_text"]

MARKS = {"breaks": "✗", "conditional": "?", "unproven": "!", "safe": "·"}
_COLOURS = {"error": "\x1b[31m", "warning": "\x1b[33m", "info": "\x1b[2m"}
_BOLD, _PLAIN = "\x1b[1m", "\x1b[0m"
_SHOWN_METHODS = 3
_FAILING = frozenset({"breaks", "unproven"})
_KEYED = frozenset(
    {"variant-added", "variant-removed", "object-split-into-union", "union-collapsed"}
)


def to_diff_text(report: DiffReport, *, everything: bool = False, colour: bool = False) -> str:
    """Return the report as text, with ANSI colours on request.

    Harmless changes are counted, and listed only with `everything`.
    """
    rows = [r for r in report.rows if everything or _matters(r)]
    lines = [_bold(f"{report.old} → {report.new}", colour), *count_lines(report)]
    if rows:
        lines += ["", f"{_legend()}"]
    for name, group in report.by_type(rows).items():
        lines += ["", f"{_bold(name, colour)}{_methods(group)}"]
        width = max(len(r.rule) for r in group)
        lines += [_line(row, width, colour) for row in group]
    hidden = sum(not r.ignored for r in report.rows) - sum(not r.ignored for r in rows)
    if hidden:
        lines += ["", f"{hidden} changes that break nothing are not listed (--all lists them)."]
    return "\n".join(lines) + "\n"


def _matters(row: DiffRow) -> bool:
    return not row.ignored and (row.broken or row.level != "info")


def count_lines(report: DiffReport) -> Iterator[str]:
    """Yield the counts of a report as sentences, one a line."""
    for index, title in enumerate(SKEW_TITLES):
        parts = [f"{report.count(index, 'breaks')} break"]
        for verdict, words in (("conditional", "break if sent"), ("unproven", "unproven")):
            if count := report.count(index, verdict):
                parts.append(f"{count} {words}")
        yield f"{title}: {', '.join(parts)}"
    ignored = sum(bool(r.ignored) for r in report.rows)
    yield f"{len(report.rows)} changes" + (f", {ignored} of them ignored" if ignored else "")
    if report.texts:
        yield f"{report.texts} descriptions say something else"
    if report.bump:
        yield f"suggested bump: {report.bump}"


def _legend() -> str:
    return (
        "Marks: first old client ↔ new server, then new client ↔ old server;"
        " ✗ breaks, ? only if the new client sends it, ! unproven, · safe"
    )


def _methods(rows: list[DiffRow]) -> str:
    names = sorted({m for r in rows for m in r.methods})
    if not names or rows[0].type in ("ClientRequest", "ServerRequest") or "Notif" in rows[0].type:
        return ""
    shown = ", ".join(names[:_SHOWN_METHODS])
    more = f" and {len(names) - _SHOWN_METHODS} more" if len(names) > _SHOWN_METHODS else ""
    return f"  (in {shown}{more})"


def _line(row: DiffRow, width: int, colour: bool) -> str:
    marks = "".join(MARKS[v] for v in row.verdicts)
    if colour:
        marks = f"{_COLOURS[row.level]}{marks}{_PLAIN}"
    stability = f" [{row.stability}]" if row.stability in ("experimental", "moved") else ""
    ignored = f" (ignored: {row.ignored})" if row.ignored else ""
    text = f"  {marks}  {row.rule:{width}}  {change_text(row)}{stability}{ignored}"
    if not _FAILING.intersection(row.verdicts):
        return text
    name = f"({row.fingerprint})"  # what an ignore file calls it
    return f"{text}  {_COLOURS['info']}{name}{_PLAIN}" if colour else f"{text}  {name}"


def change_text(row: DiffRow) -> str:
    """Return the place inside the type and what it was and is, in one line."""
    change = " → ".join(text for text in (row.old, row.new) if text is not None)
    place = f"{row.path}<{row.key}>" if row.rule in _KEYED else row.path
    note = f" ({row.note})" if row.note else ""
    return f"{place}  {change}".strip() + note


def _bold(text: str, colour: bool) -> str:
    return f"{_BOLD}{text}{_PLAIN}" if colour else text
