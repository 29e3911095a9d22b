"""A value was added to a closed set of strings; a set with a catch-all has it already."""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.diff.containment import string_fits
from codexwire.diff.match import StringMatch
from codexwire.diff.rule import About, Change, Constant, Effect, Harmless, Levels, Rule
from codexwire.diff.string_sets import added_values
from codexwire.diff.value_set import StringSet
from codexwire.finding import Level

__all__ = ["RULE"]


def _check(match: StringMatch) -> Iterator[Change]:
    for value in added_values(match):
        fits = string_fits(StringSet((value,)), match.old)
        yield Change(
            Effect.NONE if fits else Effect.WIDENS,
            None,
            value,
            key=value,
            widen=Constant(value),
        )


RULE = Rule(
    id="enum-value-added",
    title="A string value that the old version does not know.",
    words="{where} has the new value {key}",
    on=StringMatch,
    levels=Levels(client=(Level.INFO, Level.WARNING), server=(Level.WARNING, Level.INFO)),
    check=_check,
    about=About.VALUE,
    harmless=Harmless.NEW,
)
