"""The result of decoding as a report: each kind of drift once, with its count."""

from __future__ import annotations

from typing import Any

from codexwire.finding import Finding, Level, pages
from codexwire.location import Location
from codexwire.report.report import Group, Report
from codexwire.report.words import many
from codexwire.runtime.decode import Mode
from codexwire.runtime.drift import TITLES as DRIFT_TITLES
from codexwire.runtime.unknown import Drift
from codexwire.transcript.rules import TITLES
from codexwire.usecases.decode_recording import Tally

__all__ = ["decode_report"]


def decode_report(title: str, tally: Tally, mode: Mode) -> Report:
    """Return the report of recordings that `title` names."""
    drift = tuple(
        _finding(note.rule, note.pointer, message, {"method": note.method, "count": count})
        for (note, message), count in sorted(tally.drift.items())
    )
    return Report(
        command="codexwire decode",
        groups=(Group(title, drift, f"{mode} mode"),),
        summary=(
            f"{tally.messages} messages, "
            + (f"{tally.lines} lines, " if tally.lines else "")
            + f"{tally.raw} of them kept raw, {tally.errors} error answers; "
            f"{len(drift)} kinds of drift, {tally.drift.total()} times"
            + (f"; {many(tally.unread, 'line')} not understood" if tally.unread else ""),
        ),
        rules=TITLES | DRIFT_TITLES,
        document={
            "version": 1,
            "mode": mode,
            "messages": tally.messages,
            "lines": tally.lines,
            "raw": tally.raw,
            "errors": tally.errors,
            "unread": tally.unread,
            "drift": [*map(_row, drift)],
            "pages": pages(drift),
        },
        fail_on=Level.WARNING,
    )


_LEVELS = {str(Drift.REPEATED_KEY): Level.INFO}
"""The kinds of drift that are less than a warning."""


def _finding(rule: str, pointer: str, message: str, facts: dict[str, Any]) -> Finding:
    """What a model refuses, or is no message, is an error; what it reads all the same a warning."""
    refused = rule.startswith(("envelope/", "schema/", "transcript/"))
    level = Level.ERROR if refused else _LEVELS.get(rule, Level.WARNING)
    return Finding(rule, level, Location(pointer=pointer), message, facts)


def _row(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "method": finding.facts["method"],
        "pointer": finding.location.pointer,
        "count": finding.facts["count"],
        "message": finding.message,
    }
