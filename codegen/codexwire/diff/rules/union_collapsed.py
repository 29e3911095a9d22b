"""Several alternatives became fewer, none of which may take what one of them did."""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.diff.describe import describe_object
from codexwire.diff.match import VariantMatch
from codexwire.diff.rule import About, Change, Levels, ObjectSample, Rule, effect_of
from codexwire.finding import Level

__all__ = ["RULE"]


def _check(match: VariantMatch) -> Iterator[Change]:
    if match.old is not None and match.split:
        yield Change(
            effect_of(narrows=not match.absorbed, widens=False),
            describe_object(match.old),
            None,
            key=match.name,
            narrow=ObjectSample(match.old),
        )


RULE = Rule(
    id="union-collapsed",
    title="Several alternatives that became fewer.",
    words="{where} no longer has the form {key}: {old}",
    on=VariantMatch,
    levels=Levels(client=(Level.ERROR, Level.INFO), server=(Level.INFO, Level.ERROR)),
    check=_check,
    about=About.VARIANT,
)
