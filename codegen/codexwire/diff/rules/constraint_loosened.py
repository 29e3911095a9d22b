"""A number range or length limit was loosened."""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.diff.describe import describe_set
from codexwire.diff.match import LimitMatch
from codexwire.diff.rule import Change, Effect, KindSample, Levels, Rule
from codexwire.finding import Level

__all__ = ["RULE"]


def _check(match: LimitMatch) -> Iterator[Change]:
    if match.widens:
        yield Change(
            Effect.WIDENS,
            describe_set(match.old),
            describe_set(match.new),
            key=match.kind,
            widen=KindSample(match.new, match.kind, match.old),
        )


RULE = Rule(
    id="constraint-loosened",
    title="A limit (range, length) that became laxer.",
    words="{where} was {old}, is {new}",
    on=LimitMatch,
    levels=Levels(client=(Level.INFO, Level.ERROR), server=(Level.ERROR, Level.INFO)),
    check=_check,
)
