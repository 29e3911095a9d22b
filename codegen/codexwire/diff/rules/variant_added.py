"""A variant was added to a union."""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.diff.describe import describe_object
from codexwire.diff.match import VariantMatch
from codexwire.diff.rule import About, Change, Harmless, Levels, ObjectSample, Rule, effect_of
from codexwire.finding import Level

__all__ = ["RULE"]


def _check(match: VariantMatch) -> Iterator[Change]:
    if match.new is not None and not match.split:
        yield Change(
            effect_of(narrows=False, widens=not match.absorbed),
            None,
            describe_object(match.new),
            key=match.name,
            widen=ObjectSample(match.new),
        )


RULE = Rule(
    id="variant-added",
    title="An alternative of a union that the old version does not know.",
    words="{where} has the new variant {key}",
    on=VariantMatch,
    levels=Levels(client=(Level.INFO, Level.WARNING), server=(Level.WARNING, Level.INFO)),
    check=_check,
    about=About.VARIANT,
    harmless=Harmless.NEW,
)
