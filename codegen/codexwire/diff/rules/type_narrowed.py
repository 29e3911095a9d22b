"""Fewer kinds of JSON values are admitted."""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.diff.describe import describe_set
from codexwire.diff.match import KindMatch
from codexwire.diff.rule import Change, Effect, KindSample, Levels, Rule
from codexwire.finding import Level

__all__ = ["RULE"]


def _check(match: KindMatch) -> Iterator[Change]:
    if match.lost and not match.disjoint:
        yield Change(
            Effect.NARROWS,
            describe_set(match.old),
            describe_set(match.new),
            narrow=KindSample(match.old, match.lost[-1], match.new),
        )


RULE = Rule(
    id="type-narrowed",
    title="A value that may no longer be of a kind it was.",
    words="{where} was {old}, is {new}",
    on=KindMatch,
    levels=Levels(client=(Level.ERROR, Level.INFO), server=(Level.INFO, Level.ERROR)),
    check=_check,
)
