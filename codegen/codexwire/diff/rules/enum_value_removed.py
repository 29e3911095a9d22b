"""A value was removed from a closed set of strings; a set with a catch-all still takes it."""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.diff.containment import string_fits
from codexwire.diff.match import StringMatch
from codexwire.diff.rule import About, Change, Constant, Effect, Harmless, Levels, Rule
from codexwire.diff.string_sets import removed_values
from codexwire.diff.value_set import StringSet
from codexwire.finding import Level

__all__ = ["RULE"]


def _check(match: StringMatch) -> Iterator[Change]:
    for value in removed_values(match):
        fits = string_fits(StringSet((value,)), match.new)
        yield Change(
            Effect.NONE if fits else Effect.NARROWS,
            value,
            None,
            key=value,
            narrow=Constant(value),
        )


RULE = Rule(
    id="enum-value-removed",
    title="A string value that the new version does not know.",
    words="{where} no longer has the value {key}",
    on=StringMatch,
    levels=Levels(client=(Level.ERROR, Level.INFO), server=(Level.INFO, Level.ERROR)),
    check=_check,
    about=About.VALUE,
    harmless=Harmless.GONE,
)
