"""Prose changed: a description, or that something is deprecated."""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.diff.match import TextMatch
from codexwire.diff.rule import SILENT, Change, Effect, Rule

__all__ = ["RULE"]


def _check(match: TextMatch) -> Iterator[Change]:
    yield Change(Effect.NONE, match.old, match.new, key=match.name)


RULE = Rule(
    id="text-changed",
    title="A description that says something else.",
    words="{where} says something else",
    on=TextMatch,
    levels=SILENT,
    check=_check,
)
