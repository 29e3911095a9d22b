"""A value became nullable."""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.diff.match import NullMatch
from codexwire.diff.rule import Change, Constant, Effect, Levels, Rule
from codexwire.finding import Level

__all__ = ["RULE"]


def _check(match: NullMatch) -> Iterator[Change]:
    if match.new:
        yield Change(Effect.WIDENS, "not null", "nullable", widen=Constant(None))


RULE = Rule(
    id="became-nullable",
    title="A value that was never null and now may be.",
    words="{where} may be null now",
    on=NullMatch,
    levels=Levels(client=(Level.INFO, Level.ERROR), server=(Level.ERROR, Level.INFO)),
    check=_check,
)
