"""More kinds of JSON values are admitted."""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.diff.describe import describe_set
from codexwire.diff.match import KindMatch
from codexwire.diff.rule import Change, Effect, KindSample, Levels, Rule
from codexwire.finding import Level

__all__ = ["RULE"]


def _check(match: KindMatch) -> Iterator[Change]:
    if match.gained and not match.disjoint:
        yield Change(
            Effect.WIDENS,
            describe_set(match.old),
            describe_set(match.new),
            widen=KindSample(match.new, match.gained[-1], match.old),
        )


RULE = Rule(
    id="type-widened",
    title="A value that may now be of a kind it never was.",
    words="{where} was {old}, is {new}",
    on=KindMatch,
    levels=Levels(client=(Level.INFO, Level.ERROR), server=(Level.ERROR, Level.INFO)),
    check=_check,
)
