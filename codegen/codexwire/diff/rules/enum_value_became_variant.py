"""A string value became an externally tagged object, or the reverse: neither side understands the other."""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.diff.describe import describe_object
from codexwire.diff.match import StringMatch
from codexwire.diff.rule import About, Change, Constant, Effect, Levels, ObjectSample, Rule
from codexwire.diff.string_sets import turned_values
from codexwire.finding import Level

__all__ = ["RULE"]


def _check(match: StringMatch) -> Iterator[Change]:
    for value, before, after in turned_values(match):
        yield Change(
            Effect.INCOMPARABLE,
            describe_object(before) if before else value,
            describe_object(after) if after else value,
            key=value,
            narrow=ObjectSample(before) if before else Constant(value),
            widen=ObjectSample(after) if after else Constant(value),
        )


RULE = Rule(
    id="enum-value-became-variant",
    title="A plain string that became an object of that key, or the reverse.",
    words="{where}: {key} was {old}, is {new}",
    on=StringMatch,
    levels=Levels(client=(Level.ERROR, Level.ERROR), server=(Level.ERROR, Level.ERROR)),
    check=_check,
    about=About.VALUE,
)
