"""A required property was added."""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.diff.match import PropertyMatch
from codexwire.diff.rule import Change, Levels, ObjectSample, Rule, effect_of
from codexwire.finding import Level
from codexwire.model.words import words

__all__ = ["RULE"]


def _check(match: PropertyMatch) -> Iterator[Change]:
    if match.old is None and match.new is not None and match.new.required:
        yield Change(
            effect_of(narrows=True, widens=match.rejected),
            None,
            f"required {words(match.new.type)}",
            narrow=ObjectSample(match.old_object),
            widen=ObjectSample(match.new_object),
            total=match.rejected,
        )


RULE = Rule(
    id="property-added-required",
    title="A property that the old version does not have and the new one asks for.",
    words="{where} is new: {new}",
    on=PropertyMatch,
    levels=Levels(client=(Level.ERROR, Level.INFO), server=(Level.INFO, Level.ERROR)),
    check=_check,
)
