"""What each command tells of one file: rows of tables, made by what judges recordings anywhere."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from typing import Any, TypeAlias

from codexwire.archive.work import Work
from codexwire.finding import Finding, Level
from codexwire.sessions.files import NOT_UNDERSTOOD
from codexwire.sessions.model import File, Thread, Usage
from codexwire.transcript.coverage import Point, everything
from codexwire.transcript.judgement import Judgement, JudgeOptions
from codexwire.usecases.decode import decode
from codexwire.usecases.judging import Judge
from codexwire.usecases.schema_choice import SchemaChoice
from codexwire.usecases.show import walk
from codexwire.version import Version

__all__ = ["JUDGES", "Row", "Told", "points_of"]

Row: TypeAlias = "dict[str, Any]"


@dataclass(frozen=True, slots=True)
class Told:
    """What a file came to: what `sessions` has of it besides how it was listed, and its other rows."""

    session: Row
    rows: Sequence[Row] = ()


def _judge(path: str, work: Work, *, coverage: bool) -> Judgement:
    choice = SchemaChoice(work.schema)
    choice.check()  # a schema that cannot be used is nothing about this file
    return Judge(choice, JudgeOptions(work.max_findings, coverage=coverage))(path)


def _validate(path: str, work: Work) -> Told:
    judgement = _judge(path, work, coverage=False)
    rows = [_finding(finding) for finding in judgement.findings]
    return Told(_judged(judgement), rows)


def _coverage(path: str, work: Work) -> Told:
    judgement = _judge(path, work, coverage=True)
    label = judgement.schema
    points = judgement.seen & _everything(work.schema, label) if label else ()
    return Told(_judged(judgement), [_point(label, *point) for point in sorted(points)])


def points_of(work: Work, label: str) -> list[Row]:
    """Return a row for each point of a schema, of no file."""
    points = sorted(_everything(work.schema, label))
    return [{"path": None, **_point(label, *point)} for point in points]


@cache
def _everything(schema: str, label: str) -> frozenset[Point]:
    return everything(SchemaChoice(schema).protocol(label))


def _point(schema: str | None, category: str, place: str, value: str) -> Row:
    return {"schema": schema, "category": category, "place": place, "value": value}


def _judged(judgement: Judgement) -> Row:
    problem = judgement.unusable
    return {
        "format": judgement.format,
        "release": _release(judgement.made_by or judgement.server),
        "schema": judgement.schema,
        "entries": judgement.messages,
        "bytes": judgement.bytes,
        "unread": judgement.unread,
        "unchecked": judgement.unchecked,
        **_levels(judgement.counts),
        "problem": "damaged" if problem else None,
        "error": problem.message if problem else None,
    }


def _finding(finding: Finding) -> Row:
    return {
        "line": finding.location.line,
        "place": finding.facts.get("place"),
        "rule": finding.rule,
        "level": finding.level.value,
        "direction": finding.facts["direction"],
        "method": finding.facts["method"],
        "pointer": finding.location.pointer,
        "message": finding.message,
    }


def _levels(counts: Counter[Level]) -> Row:
    return {f"{level.value}s": counts[level] for level in Level}


def _drift(path: str, work: Work) -> Told:
    decoding = decode(path, package=work.package)
    found, tally = decoding.findings, decoding.tally
    session = {
        "entries": tally.messages + tally.lines,
        "unread": tally.unread,
        **_levels(Counter(finding.level for finding in found)),
    }
    return Told(session, [_drifted(finding) for finding in found])


def _drifted(finding: Finding) -> Row:
    return {
        "rule": finding.rule,
        "level": finding.level.value,
        "method": finding.facts["method"],
        "pointer": finding.location.pointer,
        "message": finding.message,
        "count": finding.facts["count"],
    }


def _usage(path: str, work: Work) -> Told:  # noqa: ARG001 - as the table asks
    files: list[File] = []
    rows = [_thread(thread) for thread in walk(path, seen=files.append)]
    (file,) = files
    bad = next((note.text for note in file.notes if note.rule == NOT_UNDERSTOOD), None)
    unread = sum(note.count for note in file.notes if note.rule in ("unread", "damaged"))
    session = {
        "format": file.source,
        "entries": file.lines,
        "unread": unread,
        **_levels(Counter()),
        "problem": "damaged" if bad else None,
        "error": bad,
    }
    return Told(session, rows)


_STATUSES = ("completed", "failed", "interrupted")


def _thread(thread: Thread) -> Row:
    ends = Counter(turn.status if turn.status in _STATUSES else "unknown" for turn in thread.turns)
    parent, usage = thread.parent, thread.own_usage or Usage()
    return {
        "thread_id": _id(thread.id),
        "source": thread.source,
        "relation": parent and parent.relation,
        "parent_id": parent and _id(parent.thread_id),
        "created": _time(thread.created),
        "release": _release(thread.cli_version),
        "turns": len(thread.turns),
        **{status: ends[status] for status in (*_STATUSES, "unknown")},
        **{name: getattr(usage, name) for name in Usage.__struct_fields__},
    }


_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z")


def _id(text: str) -> str:
    """Return an id, or a digest of what may be anything."""
    if _UUID.match(text):
        return text
    return f"sha256:{sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"


def _release(text: str | None) -> str | None:
    found = Version.read(text) if text else None
    return None if found is None else str(found)


def _time(text: str | None) -> datetime | None:
    try:
        found = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


JUDGES: Mapping[str, Callable[[str, Work], Told]] = {
    "validate": _validate,
    "coverage": _coverage,
    "drift": _drift,
    "usage": _usage,
}
"""Command → what it tells of a file on this machine. Raises TranscriptError for one that is no recording."""
