"""Judgements of recordings as a report: rows for readers, a document for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from codexwire.finding import Finding, Level, pages
from codexwire.model.lines import Understood
from codexwire.report.report import Group, Report, Section, Tree
from codexwire.report.words import many, printable
from codexwire.transcript.coverage import GROUPS, Point
from codexwire.transcript.judgement import Judgement
from codexwire.transcript.rules import TITLES
from codexwire.usecases.notices import RuleIds, first_names

__all__ = ["Totals", "coverage_of", "validate_report"]

Totals = Mapping[str, frozenset[Point]]
"""Schema label → every point of that schema; empty when coverage was not asked for."""


def validate_report(
    judgements: Sequence[Judgement],
    fail_on: Level,
    totals: Totals,
    restored: RuleIds,
    skipped: Sequence[str] = (),
) -> Report:
    """Return the report of recordings, in their order."""
    groups = tuple(_group(judgement) for judgement in judgements)
    trees = tuple(_trees(judgements, totals))
    return Report(
        command="codexwire validate",
        groups=groups,
        summary=(_summary(judgements),),
        rules=TITLES,
        document={
            **_document(judgements, totals, restored),
            "skipped": list(skipped),
            "pages": pages(f for g in groups for f in g.findings),
        },
        ascii=True,
        fail_on=fail_on,
        sections=tuple(map(_section, trees)),
        trees=trees,
    )


def _counts(judgements: Sequence[Judgement]) -> Counter[Level]:
    counts: Counter[Level] = Counter()
    for judgement in judgements:
        counts.update(judgement.counts)
    return counts


def _summary(judgements: Sequence[Judgement]) -> str:
    counts = _counts(judgements)
    size = sum(j.bytes for j in judgements)
    read = [many(size, "byte")] if size else []  # what is judged while it is recorded is no file
    text = (
        f"{', '.join([many(len(judgements), 'file'), *_judged(judgements), *read])}:"
        f" {many(counts[Level.ERROR], 'error')}, {many(counts[Level.WARNING], 'warning')},"
        f" {counts[Level.INFO]} info"
    )
    unchecked = [(sum(j.unchecked for j in g), w, "unchecked") for w, g in _by_what(judgements)]
    more = [
        (sum(j.unread for j in judgements), "line", "not understood"),
        *unchecked,
        (sum(j.unknown_types.total() for j in judgements), "line", "of unknown type"),
        (sum(j.unusable is not None for j in judgements), "file", "could not be checked"),
    ]
    stand_ins = {f"{j.server} judged by {j.schema}": None for j in judgements if j.stands_in}
    told = (f"{many(count, what)} {how}" for count, what, how in more if count)
    judged_by = [first_names([*stand_ins])] if stand_ins else []
    return "; ".join([text, *told, *_turns(judgements), *judged_by])


def _by_what(judgements: Sequence[Judgement]) -> list[tuple[str, list[Judgement]]]:
    """Return what was judged, messages or lines, with the files that consist of it."""
    found: dict[str, list[Judgement]] = {}
    for judgement in judgements:
        found.setdefault(judgement.what, []).append(judgement)
    return sorted(found.items(), reverse=True)


def _judged(judgements: Sequence[Judgement]) -> list[str]:
    found = _by_what(judgements) or [("message", [])]
    return [many(sum(j.messages for j in group), what) for what, group in found]


def _turns(judgements: Iterable[Judgement]) -> Iterator[str]:
    """Yield how many turns were understood, of files of lines."""
    understood = [j.understood for j in judgements if j.understood is not None]
    if understood:
        unknown = sum(u.turns.get("unknown", 0) for u in understood)
        more = f", {unknown:,} of them of unknown status" if unknown else ""
        yield f"{many(sum(sum(u.turns.values()) for u in understood), 'turn')}{more}"


def _group(judgement: Judgement) -> Group:
    facts = [judgement.format or "", f"made by {judgement.made_by}" if judgement.made_by else ""]
    facts.append(_judged_by(judgement))
    if judgement.project_rules:
        facts.append(f"with {', '.join(judgement.project_rules)}")
    others = (item for item in judgement.releases.items() if item[0] != judgement.schema)
    facts += [f"{many(count, 'line')} by {schema}" for schema, count in sorted(others)]
    facts += [many(judgement.messages, judgement.what), *_turns([judgement])]
    shown = judgement.findings
    return Group(
        title=judgement.path,
        facts=", ".join(fact for fact in facts if fact),
        findings=tuple(shown),
        unusable=judgement.unusable.message if judgement.unusable else "",
        dropped=judgement.counts.total() - len(shown),
        repeats=judgement.repeats,
    )


def _judged_by(judgement: Judgement) -> str:
    if judgement.schema is None:
        return ""
    server = f"server {judgement.server}, " if judgement.stands_in else ""
    return f"{server}schema {judgement.schema}"


def _document(judgements: Sequence[Judgement], totals: Totals, restored: RuleIds) -> dict[str, Any]:
    counts = _counts(judgements)
    document: dict[str, Any] = {
        "version": 1,
        "files": [_file(judgement) for judgement in judgements],
        "totals": {
            "files": len(judgements),
            "unusable": sum(j.unusable is not None for j in judgements),
            "messages": sum(j.messages for j in judgements),
            "bytes": sum(j.bytes for j in judgements),
            "unread": sum(j.unread for j in judgements),
            "unchecked": sum(j.unchecked for j in judgements),
            "unknown_types": sum(j.unknown_types.total() for j in judgements),
            "turns": _turn_counts(judgements),
            "findings": counts.total(),
            **{level.value: counts[level] for level in Level},
        },
    }
    if restored:
        document["restored"] = {label: list(rules) for label, rules in restored.items()}
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
        "server": judgement.server,
        "project_rules": list(judgement.project_rules),
        "messages": judgement.messages,
        "bytes": judgement.bytes,
        "unread": judgement.unread,
        "unchecked": judgement.unchecked,
        "what": judgement.what,
        "made_by": judgement.made_by,
        "accepted_by": dict(sorted(judgement.releases.items())),
        "unknown_types": dict(sorted(judgement.unknown_types.items())),
        "understood": _understood(judgement.understood),
        "valid": judgement.unusable is None and not judgement.counts[Level.ERROR],
        "findings": [_finding(finding) for finding in judgement.findings],
    }


def _understood(found: Understood | None) -> dict[str, Any] | None:
    if found is None:
        return None
    threads = [printable(thread) for thread in found.threads]
    return {"threads": threads, "history": printable(found.history), "turns": dict(found.turns)}


def _turn_counts(judgements: Iterable[Judgement]) -> dict[str, int]:
    """Return how many turns were understood, by status."""
    counts: Counter[str] = Counter()
    for judgement in judgements:
        counts.update(judgement.understood.turns if judgement.understood else {})
    return dict(sorted(counts.items()))


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "level": finding.level.value,
        "line": finding.location.line,
        "place": finding.facts.get("place"),
        "direction": finding.facts["direction"],
        "method": finding.facts["method"],
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


def _section(tree: Tree) -> Section:
    """Return how much was seen as a short table."""
    rows = [*tree.children, replace(tree, title="all")]
    width = max(len(row.title) for row in rows)
    lines = [f"{row.title:{width}}  {row.seen:5} of {row.total:5}  {_percent(row)}" for row in rows]
    return Section(tree.title, (*lines, "(--format html shows what, as a tree; json lists it)"))


def _percent(tree: Tree) -> str:
    """Return a share, rounded down: 100 is all."""
    return f"{1000 * tree.seen // (tree.total or 1) / 10:5.1f} %"


def coverage_of(judgements: Sequence[Judgement], totals: Totals) -> float:
    """Return how much of what the schemas have was seen, in percent."""
    seen = sum(len(points & _seen(judgements, label)) for label, points in totals.items())
    return 100 * seen / (sum(map(len, totals.values())) or 1)


def _trees(judgements: Sequence[Judgement], totals: Totals) -> Iterator[Tree]:
    """Yield what was seen of each schema: by group, then by place, then values and variants."""
    for label, points in totals.items():
        seen = _seen(judgements, label)
        groups = [(group, [p for p in points if p[0] == group]) for group in GROUPS]
        children = [_branch(title, _places(found, seen)) for title, found in groups if found]
        yield _branch(f"Coverage of {label}", children)


def _places(points: Iterable[Point], seen: frozenset[Point]) -> Iterator[Tree]:
    """Yield the places of points: those of methods below what their names begin with."""
    for title, found in groupby(sorted(points, key=lambda p: (_head(p), p)), _head):
        yield _branch(title, [Tree(p[2] or p[1], int(p in seen), 1) for p in found])


def _head(point: Point) -> str:
    """Return what a point stands below: its type, or the first part of its method's name."""
    _, place, value = point
    return place if value else place.partition("/")[0]


def _branch(title: str, children: Iterable[Tree]) -> Tree:
    """Return a tree of what lies below a title; of a single leaf of that name the leaf."""
    below = tuple(children)
    if len(below) == 1 and below[0].title == title:
        return below[0]
    return Tree(title, sum(c.seen for c in below), sum(c.total for c in below), below)
