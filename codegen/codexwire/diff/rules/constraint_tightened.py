"""A number range or length limit was tightened."""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.diff.describe import describe_set
from codexwire.diff.match import LimitMatch
from codexwire.diff.rule import Change, Effect, KindSample, Levels, Rule
from codexwire.finding import Level

__all__ = ["RULE"]


def _check(match: LimitMatch) -> Iterator[Change]:
    if match.narrows:
        yield Change(
            Effect.NARROWS,
            describe_set(match.old),
            describe_set(match.new),
            key=match.kind,
            narrow=KindSample(match.old, match.kind, match.new),
        )


RULE = Rule(
    id="constraint-tightened",
    title="A limit (range, length) that became stricter.",
    words="{where} was {old}, is {new}",
    on=LimitMatch,
    levels=Levels(client=(Level.ERROR, Level.INFO), server=(Level.INFO, Level.ERROR)),
    check=_check,
)
