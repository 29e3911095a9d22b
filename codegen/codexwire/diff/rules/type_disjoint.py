"""No value is valid in both versions, null aside."""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.diff.describe import describe_set
from codexwire.diff.match import KindMatch
from codexwire.diff.rule import Change, Effect, KindSample, Levels, Rule
from codexwire.finding import Level

__all__ = ["RULE"]


def _check(match: KindMatch) -> Iterator[Change]:
    if match.disjoint:
        yield Change(
            Effect.INCOMPARABLE,
            describe_set(match.old),
            describe_set(match.new),
            narrow=KindSample(match.old, match.lost[-1], match.new),
            widen=KindSample(match.new, match.gained[-1], match.old),
            total=not (match.old.null and match.new.null),
        )


RULE = Rule(
    id="type-disjoint",
    title="A value whose old and new types have nothing in common.",
    words="{where} was {old}, is {new}",
    on=KindMatch,
    levels=Levels(client=(Level.ERROR, Level.ERROR), server=(Level.ERROR, Level.ERROR)),
    check=_check,
)
