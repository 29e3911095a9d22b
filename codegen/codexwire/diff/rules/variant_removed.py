"""A variant was removed from a union."""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.diff.describe import describe_object
from codexwire.diff.match import VariantMatch
from codexwire.diff.rule import About, Change, Harmless, Levels, ObjectSample, Rule, effect_of
from codexwire.finding import Level

__all__ = ["RULE"]


def _check(match: VariantMatch) -> Iterator[Change]:
    if match.old is not None and not match.split:
        yield Change(
            effect_of(narrows=not match.absorbed, widens=False),
            describe_object(match.old),
            None,
            key=match.name,
            narrow=ObjectSample(match.old),
        )


RULE = Rule(
    id="variant-removed",
    title="An alternative of a union that the new version does not know.",
    words="{where} no longer has the variant {key}",
    on=VariantMatch,
    levels=Levels(client=(Level.ERROR, Level.INFO), server=(Level.INFO, Level.ERROR)),
    check=_check,
    about=About.VARIANT,
    harmless=Harmless.GONE,
)
