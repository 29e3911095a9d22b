"""One object became several alternatives, one of which the old version may not take."""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.diff.describe import describe_object
from codexwire.diff.match import VariantMatch
from codexwire.diff.rule import About, Change, Levels, ObjectSample, Rule, effect_of
from codexwire.finding import Level

__all__ = ["RULE"]


def _check(match: VariantMatch) -> Iterator[Change]:
    if match.new is not None and match.split:
        yield Change(
            effect_of(narrows=False, widens=not match.absorbed),
            None,
            describe_object(match.new),
            key=match.name,
            widen=ObjectSample(match.new),
        )


RULE = Rule(
    id="object-split-into-union",
    title="One object that became several alternatives.",
    words="{where} has the new form {key}: {new}",
    on=VariantMatch,
    levels=Levels(client=(Level.INFO, Level.ERROR), server=(Level.ERROR, Level.INFO)),
    check=_check,
    about=About.VARIANT,
)
