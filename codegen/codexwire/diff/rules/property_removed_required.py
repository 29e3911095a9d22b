"""A required property was removed."""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.diff.match import PropertyMatch
from codexwire.diff.rule import Change, Levels, ObjectSample, Rule, effect_of
from codexwire.finding import Level
from codexwire.model.words import words

__all__ = ["RULE"]


def _check(match: PropertyMatch) -> Iterator[Change]:
    if match.new is None and match.old is not None and match.old.required:
        yield Change(
            effect_of(narrows=match.rejected, widens=True),
            f"required {words(match.old.type)}",
            None,
            narrow=ObjectSample(match.old_object),
            widen=ObjectSample(match.new_object),
            total=True,
            note="" if match.rejected else "silently ignored by the new side",
        )


RULE = Rule(
    id="property-removed-required",
    title="A property that the old version asks for and the new one never sends.",
    words="{where} is gone (was {old})",
    on=PropertyMatch,
    levels=Levels(client=(Level.INFO, Level.ERROR), server=(Level.ERROR, Level.INFO)),
    check=_check,
)
