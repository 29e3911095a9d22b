"""A report for people, a line per finding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from codexwire.finding import Finding, Level, page_url
from codexwire.report.report import Group, Report
from codexwire.report.words import first_methods, printable, sentence

__all__ = ["to_text"]

_COLORS = {Level.ERROR: "31", Level.WARNING: "33", Level.INFO: "2"}
_BOLD, _DIM = "1", "2"
_MARKS = {"breaks": "✗", "conditional": "?", "unproven": "!", "safe": "·"}
_LEGEND = "✗ breaks, ? only if the new client sends it, ! unproven, · safe"
_FAILING = frozenset({"breaks", "unproven"})


def to_text(report: Report, *, color: bool = False, links: bool = False) -> str:
    """Return the report as text; `color` marks the levels for a terminal, `links` adds each rule's page.

    The summary stands at the end, where a terminal shows it, that of a comparison at the head.
    """
    blocks = [block for group in report.groups if (block := [*_group(report, group, color)])]
    blocks += [[section.title, *(f"  {x}" for x in section.lines)] for section in report.sections]
    if links and (used := report.used_rules):
        blocks.append(["What the findings mean", *(f"  {rule}  {page_url(rule)}" for rule in used)])
    if report.versions is None:
        blocks.append([*report.summary])
    else:
        head = [_colored(_BOLD, report.title, color), *report.summary]
        legend = [f"Marks: first {', then '.join(report.skews.values())}; {_LEGEND}"]
        blocks = [head, *([legend] if blocks else []), *blocks, *_hidden(report)]
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def _hidden(report: Report) -> Iterator[list[str]]:
    """How many changes are not listed, those that are ignored aside."""
    shown = sum(not f.facts["ignored"] for group in report.groups for f in report.listed(group))
    hidden = sum(not f.facts["ignored"] for f in report.findings) - shown
    if hidden:
        those = (
            "1 change that breaks nothing is"
            if hidden == 1
            else f"{hidden} changes that break nothing are"
        )
        yield [f"{those} not listed (--all lists them)."]


def _group(report: Report, group: Group, color: bool) -> Iterator[str]:
    findings = report.listed(group)
    if not findings and not group.dropped:
        return
    facts = group.facts or (f"in {first_methods(group.methods)}" if group.methods else "")
    compared = report.versions is not None
    yield _colored(_BOLD, printable(group.title), color and compared) + (
        f" ({facts})" if facts else ""
    )
    if compared:
        width = max(len(finding.rule) for finding in findings)
        yield from (_change(finding, width, color) for finding in findings)
    else:
        width = max((len(_place(finding)) for finding in findings), default=0)
        yield from (_row(finding, times, width, color) for finding, times in group.by_kind())
        if group.more > 0:
            yield f"  … and {group.more:,} more (`--max-findings 0` shows all)"


def _row(finding: Finding, times: int, width: int, color: bool) -> str:
    level = _colored(_COLORS[finding.level], f"{finding.level:7}", color)
    text = f"  {_place(finding):>{width}}  {level}  {finding.rule}  {sentence(finding)}"
    return f"{text} ({times:,} times, first here)" if times > 1 else text


def _place(finding: Finding) -> str:
    """The line, or how often it was found."""
    count = finding.facts.get("count")
    return f"{count}×" if count else str(finding.location.line or "")


def _change(finding: Finding, width: int, color: bool) -> str:
    facts: Mapping[str, str] = finding.facts
    verdicts = finding.facts["breaks"].values()
    marks = _colored(_COLORS[finding.level], "".join(_MARKS[v] for v in verdicts), color)
    text = f"  {marks}  {finding.rule:{width}}  {printable(facts['brief'])}"
    text += f" ({facts['note']})" if facts["note"] else ""
    text += f" [{facts['stability']}]" if facts["stability"] in ("experimental", "moved") else ""
    text += f" (ignored: {facts['ignored']})" if facts["ignored"] else ""
    if not _FAILING.intersection(verdicts):
        return text
    return f"{text}  {_colored(_DIM, '(' + facts['fingerprint'] + ')', color)}"  # for ignore files


def _colored(code: str, text: str, color: bool) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if color else text
