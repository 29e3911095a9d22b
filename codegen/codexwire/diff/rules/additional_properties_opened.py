"""Undeclared properties are no longer refused or restricted.

Senders write declared properties only, so this changes what is valid only where one side writes others."""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.diff.match import TREATMENTS, AdditionalMatch
from codexwire.diff.rule import Change, Levels, Rule, UndeclaredSample, effect_of
from codexwire.finding import Level

__all__ = ["RULE"]


def _check(match: AdditionalMatch) -> Iterator[Change]:
    if TREATMENTS.index(match.new_treatment) > TREATMENTS.index(match.old_treatment):
        yield Change(
            effect_of(narrows=match.narrows, widens=match.widens),
            match.old_treatment,
            match.new_treatment,
            narrow=UndeclaredSample(match.old),
            widen=UndeclaredSample(match.new),
        )


RULE = Rule(
    id="additional-properties-opened",
    title="An object that no longer refuses or restricts properties it does not declare.",
    words="{where}: undeclared properties were {old}, are {new}",
    on=AdditionalMatch,
    levels=Levels(client=(Level.ERROR, Level.ERROR), server=(Level.ERROR, Level.ERROR)),
    check=_check,
)
