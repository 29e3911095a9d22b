"""A report as Markdown, for a pull request, a job summary or a release note."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from codexwire.finding import Finding, page_url
from codexwire.report.report import Chapter, Group, Report
from codexwire.report.words import about, first_methods, place, printable

__all__ = ["to_markdown"]

_COUNTED = {"breaks": "breaks", "conditional": "only if sent", "unproven": "unproven"}


def to_markdown(report: Report) -> str:
    """Return a summary, then a table for every file with findings; of a comparison a changelog."""
    body = _findings(report) if report.versions is None else _changelog(report, *report.versions)
    lines = [*body]
    pages = [f"[{rule}]: {page_url(rule)}" for rule in report.used_rules]
    for section in report.sections:
        lines += [f"## {section.title}", "", *(f"    {line}" for line in section.lines), ""]
    return "\n\n".join(part for text in (lines, pages) if (part := "\n".join(text).rstrip())) + "\n"


def _findings(report: Report) -> Iterator[str]:
    yield from (f"# {report.command}", "", *report.summary, "")
    for group in report.groups:
        if not group.findings:
            continue
        yield from (f"## {_cell(group.title)}", "")
        yield from (_cell(group.facts), "") if group.facts else ()
        yield "| line | level | rule | about | at | what |"
        yield "|---:|---|---|---|---|---|"
        yield from (_row(finding, times) for finding, times in group.by_kind())
        yield from ("", f"… and {group.more:,} more.") if group.more > 0 else ()
        yield ""


def _row(finding: Finding, times: int) -> str:
    line, count = finding.location.line or "", finding.facts.get("count")
    number = f"{count}×" if count else str(line)
    text = f"{finding.message} ({times:,} times, first here)" if times > 1 else finding.message
    told = map(_cell, (about(finding), place(finding), text))
    return f"| {' | '.join((number, finding.level, f'[{finding.rule}]', *told))} |"


def _cell(text: str) -> str:
    """Return text that cannot end a cell or start markup."""
    for character in "\\|<`*_[":
        text = text.replace(character, f"\\{character}")
    return printable(" ".join(text.split()))


def _changelog(report: Report, old: str, new: str) -> Iterator[str]:
    """What changed, by what it means for a client and by type."""
    yield from (f"# Protocol changes from {old} to {new}", "")
    yield f"| | {' | '.join(_COUNTED.values())} |"
    yield f"|---|{'---:|' * len(_COUNTED)}"
    for skew, title in report.skews.items():
        counts = [str(report.count(skew, verdict)) for verdict in _COUNTED]
        yield f"| {title} | {' | '.join(counts)} |"
    yield from ("", f"{'; '.join(report.summary[len(report.skews) :])}.")
    for chapter in report.chapters:
        yield from ("", f"## {chapter.title}", "")
        yield from (chapter.explanation, "") if chapter.explanation else ()
        for group in chapter.groups:
            yield from _changes(group, chapter)


def _changes(group: Group, chapter: Chapter) -> Iterator[str]:
    """The changes of one type, and where it is used, once; last a message that shows a break."""
    used = first_methods(group.methods, "`")
    notes = not chapter.explanation or bool(chapter.skew)  # else the explanation says the same
    several = bool(used) and len(group.findings) > 1
    yield from (f"- `{group.title}`, in {used}:",) if several else ()
    begin, end = ("  - ", "") if several else ("- ", f" – in {used}" if used else "")
    for finding in group.findings:
        yield f"{begin}{_change(finding, notes=notes)}{end} [{finding.rule}]"
    witnesses = (finding.facts["witness"] or {} for finding in group.findings)
    shown = next((w[chapter.skew] for w in witnesses if chapter.skew in w), None)
    yield from _example(shown) if shown else ()


def _change(finding: Finding, *, notes: bool) -> str:
    facts = finding.facts
    note = f" ({facts['note']})" if facts["note"] and notes else ""
    mark = " *(experimental)*" if facts["stability"] == "experimental" else ""
    reason = f": {facts['ignored']}" if facts["ignored"] else ""
    return f"{printable(facts['markdown'])}{note}{mark}{reason}"


def _example(witness: Mapping[str, Any]) -> Iterator[str]:
    text = json.dumps(witness["message"], ensure_ascii=False)
    yield f"  <details><summary>a message that shows it</summary>\n\n  ```json\n  {text}\n  ```\n"
    yield f"  {witness['rejected']}.\n\n  </details>"
