"""A required property became optional."""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.diff.match import PropertyMatch
from codexwire.diff.rule import Change, Effect, Levels, ObjectSample, Rule
from codexwire.finding import Level

__all__ = ["RULE"]


def _check(match: PropertyMatch) -> Iterator[Change]:
    if match.old and match.new and match.old.required and not match.new.required:
        yield Change(Effect.WIDENS, "required", "optional", widen=ObjectSample(match.new_object))


RULE = Rule(
    id="property-became-optional",
    title="A property that had to be there and may now be left out.",
    words="{where} may be left out now",
    on=PropertyMatch,
    levels=Levels(client=(Level.INFO, Level.ERROR), server=(Level.ERROR, Level.INFO)),
    check=_check,
)
