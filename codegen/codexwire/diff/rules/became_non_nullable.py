"""A value stopped being nullable."""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.diff.match import NullMatch
from codexwire.diff.rule import Change, Constant, Effect, Levels, Rule
from codexwire.finding import Level

__all__ = ["RULE"]


def _check(match: NullMatch) -> Iterator[Change]:
    if match.old:
        yield Change(Effect.NARROWS, "nullable", "not null", narrow=Constant(None))


RULE = Rule(
    id="became-non-nullable",
    title="A value that might be null and now must not.",
    words="{where} is never null any more",
    on=NullMatch,
    levels=Levels(client=(Level.ERROR, Level.INFO), server=(Level.INFO, Level.ERROR)),
    check=_check,
)
