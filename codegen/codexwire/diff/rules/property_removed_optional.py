"""An optional property was removed: no message breaks, but who reads it no longer gets it."""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.diff.match import PropertyMatch
from codexwire.diff.rule import Change, Harmless, Levels, ObjectSample, Rule, Skew, effect_of
from codexwire.direction import Side
from codexwire.finding import Level
from codexwire.model.words import words

__all__ = ["RULE"]


def _check(match: PropertyMatch) -> Iterator[Change]:
    if match.new is None and match.old is not None and not match.old.required:
        yield Change(
            effect_of(narrows=match.rejected, widens=match.clashes),
            f"optional {words(match.old.type)}",
            None,
            narrow=ObjectSample(match.old_object, (match.name,)),
            widen=ObjectSample(match.new_object, (match.name,)),
            note="" if match.rejected else "silently ignored by the new side",
        )


RULE = Rule(
    id="property-removed-optional",
    title="A property that the old version may send and the new one does not know.",
    words="{where} is gone (was {old})",
    on=PropertyMatch,
    levels=Levels(
        client=(Level.ERROR, Level.ERROR),
        server=(Level.ERROR, Level.ERROR),
        advisory=((Side.SERVER, Skew.OLD_CLIENT, Level.WARNING),),
    ),
    check=_check,
    harmless=Harmless.GONE,
)
