"""An optional property was added: the old side ignores it, unless it refuses unknown properties."""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.diff.match import PropertyMatch
from codexwire.diff.rule import Change, Harmless, Levels, ObjectSample, Rule, effect_of
from codexwire.finding import Level
from codexwire.model.words import words

__all__ = ["RULE"]


def _check(match: PropertyMatch) -> Iterator[Change]:
    if match.old is None and match.new is not None and not match.new.required:
        yield Change(
            effect_of(narrows=match.clashes, widens=match.rejected),
            None,
            f"optional {words(match.new.type)}",
            narrow=ObjectSample(match.old_object, (match.name,)),
            widen=ObjectSample(match.new_object, (match.name,)),
            note="" if match.rejected else "silently ignored by the old side",
        )


RULE = Rule(
    id="property-added-optional",
    title="A property that the old version does not have and the new one may send.",
    words="{where} is new: {new}",
    on=PropertyMatch,
    levels=Levels(client=(Level.ERROR, Level.ERROR), server=(Level.ERROR, Level.ERROR)),
    check=_check,
    harmless=Harmless.NEW,
)
