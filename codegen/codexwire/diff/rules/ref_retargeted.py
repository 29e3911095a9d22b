"""A reference points to another type; what differs between the two is reported for the new one."""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.diff.match import ReferenceMatch
from codexwire.diff.rule import SILENT, Change, Effect, Harmless, Rule

__all__ = ["RULE"]


def _check(match: ReferenceMatch) -> Iterator[Change]:
    yield Change(Effect.NONE, match.old, match.new)


RULE = Rule(
    id="ref-retargeted",
    title="A value that refers to a type of another name.",
    words="{where} is a {new} instead of a {old}",
    on=ReferenceMatch,
    levels=SILENT,
    check=_check,
    harmless=Harmless.NOT,
)
