"""A comparison of two releases as reports print it, with a change of every kind."""

from __future__ import annotations

from typing import Any

from codexwire.finding import Finding, Level
from codexwire.location import Location
from codexwire.report.report import Chapter, Group, Report

__all__ = ["BREAK", "CHANGES", "CHOICE", "DOUBT", "QUIET", "SKEWS", "change", "comparison"]


def change(rule: str, old: str, new: str, level: Level, **facts: Any) -> Finding:
    given = {
        "type": "Thread",
        "methods": ["a/b"],
        "directions": ["server_to_client"],
        "breaks": {"old": old, "new": new},
        "stability": "stable",
        "witness": None,
        "fingerprint": f"of-{rule}",
        "note": "",
        "markdown": f"`Thread` has {rule}",
        "brief": f".{rule}",
        "ignored": "",
    }
    place = Location(type="Thread", pointer="/properties/x")
    return Finding(rule, level, place, f"Thread has {rule}", given | facts)


SKEWS = {"old": "old client", "new": "new client"}
BREAK = change(
    "broke",
    "breaks",
    "safe",
    Level.ERROR,
    witness={"old": {"message": {"id": 1}, "rejected": "no"}},
)
CHOICE = change("depends", "safe", "conditional", Level.WARNING, stability="experimental")
DOUBT = change("doubted", "safe", "unproven", Level.ERROR, ignored="we know")
QUIET = change("quiet", "safe", "safe", Level.INFO, note="nobody reads it")
CHANGES = (BREAK, CHOICE, DOUBT, QUIET)


def comparison(*, everything: bool = False) -> Report:
    return Report(
        command="codexwire diff",
        groups=(Group("Thread", CHANGES, methods=("a/b",)),),
        summary=("old client: 1", "new client: 0", "4 changes"),
        rules={},
        document={"arrow": "→"},
        versions=("1", "2"),
        skews=SKEWS,
        chapters=(
            Chapter("Breaks", "Said once.", (Group("Thread", (BREAK,), methods=("a/b",)),), "old"),
            Chapter("Quiet", "", (Group("Thread", (QUIET, QUIET), methods=("a/b",)),)),
        ),
        everything=everything,
    )
