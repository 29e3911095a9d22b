"""Judgements of recordings as a report: rows for readers, a document for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from codexwire._version import __version__
from codexwire.finding import Level
from codexwire.report.findings import Group, Report, Row, Section
from codexwire.transcript.coverage import GROUPS, Point
from codexwire.transcript.judgement import Judged, Judgement
from codexwire.transcript.session.table import CHECKS

__all__ = ["Totals", "printable", "validate_report"]

Totals = Mapping[str, frozenset[Point]]
"""Schema label → every point of that schema; empty when coverage was not asked for."""

_RULES = {f"session/{check.id}": check.title for check in CHECKS} | {
    "envelope/duplicate-key": "A member of the envelope stands twice.",
    "envelope/json": "A line is not JSON.",
    "envelope/jsonrpc": "The message carries `jsonrpc`.",
    "envelope/kind": "A message is no request, notification, response or error.",
    "envelope/nesting": "A message is nested too deeply to be checked.",
    "envelope/object": "A message is not an object.",
    "envelope/surrogate": "A string holds a lone surrogate.",
    "envelope/utf-8": "A line is not UTF-8.",
    "schema/unknown-branch": "A branch of a union names no method: what it describes is not checked.",
    "schema/unknown-channel": "The stable and the experimental schema contradict each other.",
    "schema/unknown-keyword": "The schema has a keyword that is not known, and so not checked.",
    "schema/unknown-method": "The schema does not have the method.",
    "schema/unknown-reference": "The schema refers to a type that it does not define.",
    "schema/unknown-result": "The response type of the request is not known.",
    "transcript/binary-frame": "A websocket frame is binary.",
    "transcript/blank-line": "A line is blank.",
    "transcript/byte-order-mark": "The file starts with a byte order mark.",
    "transcript/crlf": "Lines end with CR LF.",
    "transcript/long-line": "A line is very long.",
    "transcript/not-a-record": "A line of the recording holds no message.",
    "transcript/schema-version": "The schema is not the server's own.",
    "transcript/truncated": "The recording is cut short.",
    "transcript/unusable": "The recording cannot be checked.",
}


def validate_report(judgements: Sequence[Judgement], fail_on: Level, totals: Totals) -> Report:
    """Return the report of recordings, in their order."""
    groups = tuple(_group(judgement) for judgement in judgements)
    rules = {row.rule: _title(row.rule) for group in groups for row in group.rows}
    return Report(
        command="codexwire validate",
        version=__version__,
        groups=groups,
        summary=_summary(judgements),
        rules=rules,
        document=_document(judgements, totals),
        fail_on=fail_on,
        sections=tuple(_sections(judgements, totals)),
    )


def _title(rule: str) -> str:
    keyword = rule.removeprefix("schema/")
    return _RULES.get(rule) or f"The message breaks `{keyword}` of its JSON Schema."


def _counts(judgements: Sequence[Judgement]) -> Counter[Level]:
    counts: Counter[Level] = Counter()
    for judgement in judgements:
        counts.update(judgement.counts)
    return counts


def _summary(judgements: Sequence[Judgement]) -> str:
    counts = _counts(judgements)
    messages = sum(j.messages for j in judgements)
    unusable = sum(j.unusable is not None for j in judgements)
    text = (
        f"{_many(len(judgements), 'file')}, {_many(messages, 'message')}:"
        f" {_many(counts[Level.ERROR], 'error')}, {_many(counts[Level.WARNING], 'warning')},"
        f" {counts[Level.INFO]} info"
    )
    if unchecked := sum(j.unchecked for j in judgements):
        text = f"{text}; {_many(unchecked, 'message')} unchecked"
    return f"{text}; {_many(unusable, 'file')} could not be checked" if unusable else text


def _many(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _group(judgement: Judgement) -> Group:
    facts = [judgement.format or "", f"schema {judgement.schema}" if judgement.schema else ""]
    if judgement.project_rules:
        facts.append(f"with {', '.join(judgement.project_rules)}")
    facts.append(_many(judgement.messages, "message"))
    shown = judgement.findings
    return Group(
        path=printable(judgement.path),
        facts=", ".join(fact for fact in facts if fact),
        rows=tuple(map(_row, shown)),
        unusable=printable(judgement.unusable.message) if judgement.unusable else "",
        dropped=judgement.counts.total() - len(shown),
    )


def _row(judged: Judged) -> Row:
    finding = judged.finding
    pointer = finding.location.pointer
    return Row(
        finding.rule,
        finding.level,
        printable(finding.message),
        finding.location.line,
        None if pointer is None else printable(pointer),
        printable(" ".join(part for part in (judged.sender, judged.method) if part)),
    )


def printable(text: str) -> str:
    """Return text that cannot steer a terminal and can always be encoded."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)


def _document(judgements: Sequence[Judgement], totals: Totals) -> dict[str, Any]:
    counts = _counts(judgements)
    document: dict[str, Any] = {
        "version": 1,
        "files": [_file(judgement) for judgement in judgements],
        "totals": {
            "files": len(judgements),
            "unusable": sum(j.unusable is not None for j in judgements),
            "messages": sum(j.messages for j in judgements),
            "unchecked": sum(j.unchecked for j in judgements),
            "findings": counts.total(),
            **{level.value: counts[level] for level in Level},
        },
    }
    if totals:
        document["coverage"] = [
            {"schema": label, "groups": _coverage(points, _seen(judgements, label))}
            for label, points in totals.items()
        ]
    return document


def _file(judgement: Judgement) -> dict[str, Any]:
    return {
        "path": printable(judgement.path),
        "format": judgement.format,
        "schema": judgement.schema,
        "project_rules": list(judgement.project_rules),
        "messages": judgement.messages,
        "unchecked": judgement.unchecked,
        "valid": judgement.unusable is None and not judgement.counts[Level.ERROR],
        "findings": [_finding(judged) for judged in judgement.findings],
    }


def _finding(judged: Judged) -> dict[str, Any]:
    finding = judged.finding
    return {
        "rule": finding.rule,
        "level": finding.level.value,
        "line": finding.location.line,
        "direction": judged.sender.value if judged.sender else None,
        "method": judged.method,
        "pointer": finding.location.pointer,
        "message": finding.message,
    }


def _seen(judgements: Sequence[Judgement], label: str) -> frozenset[Point]:
    return frozenset().union(*(j.seen for j in judgements if j.schema == label))


def _coverage(points: frozenset[Point], seen: frozenset[Point]) -> list[dict[str, Any]]:
    return [
        {
            "group": group,
            "seen": sorted(_name(p) for p in points & seen if p[0] == group),
            "missing": sorted(_name(p) for p in points - seen if p[0] == group),
        }
        for group in GROUPS
    ]


def _name(point: Point) -> str:
    _, place, value = point
    return f"{place}: {value}" if value else place


def _sections(judgements: Sequence[Judgement], totals: Totals) -> list[Section]:
    sections = []
    for label, points in totals.items():
        lines: list[str] = []
        for row in _coverage(points, _seen(judgements, label)):
            seen, missing = row["seen"], row["missing"]
            lines.append(f"{row['group']}: {len(seen)} of {len(seen) + len(missing)}")
            lines += [f"  + {printable(name)}" for name in seen]
            lines += [f"  - {printable(name)}" for name in missing]
        sections.append(Section(f"Coverage of {label}", tuple(lines)))
    return sections
