"""A report as one HTML file: contents, search and filters, before and after beside each other."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from codexwire.finding import Finding, page_url
from codexwire.ignore_entry import ignore_entry
from codexwire.report.gravity import BY_GRAVITY, LEGEND, NO_MESSAGE, OPEN, by_methods, gravity
from codexwire.report.page import render_page
from codexwire.report.report import Report
from codexwire.report.words import about, first_methods, printable

__all__ = ["to_html"]

_REASON = "why this may stay as it is"


def to_html(report: Report) -> str:
    """Return the report as a page of its own."""
    compared = report.versions is not None
    chapters = [*(_by_gravity(report) if compared else _by_file(report))]
    rows = [row for chapter in chapters for group in chapter["groups"] for row in group["rows"]]
    return render_page(
        "report",
        report.title,
        report=report,
        compared=compared,
        chapters=chapters,
        choices=sorted({row["choice"] for row in rows}),
        legend=_legend(report) if compared and rows else (),
        nothing="" if rows else _nothing(report),
    )


def _nothing(report: Report) -> str:
    if report.versions is None:
        return "Nothing was found."
    return "Nothing changed: both versions say the same of every message."


def _legend(report: Report) -> Iterator[tuple[str, str]]:
    old, new = report.versions or ("", "")
    built = (f"built for {old}, talking to {new}", f"built for {new}, talking to {old}")
    for title, pair in zip(report.skews.values(), built, strict=False):
        yield title, f"A client {pair}."
    yield from LEGEND


def _by_gravity(report: Report) -> Iterator[dict[str, Any]]:
    """Yield the chapters of a comparison: how grave, and inside of each which methods."""
    for name, (title, explanation, is_open) in BY_GRAVITY.items():
        findings = [finding for finding in report.findings if gravity(finding) == name]
        groups = [
            {
                "anchor": f"{name}-{number}",
                "title": first_methods(methods) if methods else NO_MESSAGE,
                "facts": ", ".join(methods) if first_methods(methods) != ", ".join(methods) else "",
                "rows": [_row(finding, 1, report.skews) for finding in found],
            }
            for number, (methods, found) in enumerate(by_methods(findings), 1)
        ]
        if groups:
            yield _chapter(name, title, explanation, groups, is_open=is_open)


def _by_file(report: Report) -> Iterator[dict[str, Any]]:
    """Yield a chapter for each file with findings: those of a kind once, with their number."""
    for number, group in enumerate(report.groups, 1):
        rows = [_row(finding, times, {}) for finding, times in group.by_kind()]
        if rows:
            shown = {"anchor": f"file-{number}-1", "title": "", "facts": "", "rows": rows}
            yield _chapter(f"file-{number}", group.title, group.facts, [shown], is_open=True)


def _chapter(
    anchor: str, title: str, explanation: str, groups: list[dict[str, Any]], *, is_open: bool
) -> dict[str, Any]:
    return {
        "anchor": anchor,
        "title": title,
        "explanation": explanation,
        "groups": groups,
        "count": sum(len(group["rows"]) for group in groups),
        "open": is_open,
    }


def _row(finding: Finding, times: int, skews: Mapping[str, str]) -> dict[str, Any]:
    facts = finding.facts
    choice = facts["stability"] if skews else finding.level.value
    proofs = facts.get("witness") or {}
    fingerprint = facts.get("fingerprint", "") if skews else ""
    ignored = facts.get("ignored", "")
    text = printable(finding.message) + (f" ({times:,} times, first here)" if times > 1 else "")
    return {
        "id": fingerprint,
        "level": finding.level.value,
        "choice": choice,
        "sentence": text,
        "about": _sent(facts) if skews else about(finding),
        "rule": finding.rule,
        "page": page_url(finding.rule),
        "place": printable(str(finding.location)),
        "mark": choice if choice == "experimental" else "",
        "ignored": printable(ignored),
        "verdicts": [(title, facts["breaks"][skew]) for skew, title in skews.items()],
        "sides": _sides(facts) if skews else (),
        "entry": ignore_entry(finding, _REASON) if skews and gravity(finding) in OPEN else "",
        "witnesses": [
            (title, printable(proofs[skew]["rejected"]), _indented(proofs[skew]["message"]))
            for skew, title in skews.items()
            if skew in proofs
        ],
    }


def _sent(facts: Mapping[str, Any]) -> str:
    """Return who sends what the change is in."""
    return " and ".join(f"from {way.replace('_', ' ')}" for way in facts["directions"])


def _sides(facts: Mapping[str, Any]) -> tuple[tuple[str, str, str | None], ...]:
    """Return what stood in the old version and what stands in the new one, where a text says it."""
    old, new = facts.get("old"), facts.get("new")
    return (
        () if old is None and new is None else (("Before", "before", old), ("After", "after", new))
    )


def _indented(message: Any) -> str:
    return json.dumps(message, indent=2, ensure_ascii=False)
