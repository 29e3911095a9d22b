"""An optional property became required."""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.diff.match import PropertyMatch
from codexwire.diff.rule import Change, Effect, Levels, ObjectSample, Rule
from codexwire.finding import Level

__all__ = ["RULE"]


def _check(match: PropertyMatch) -> Iterator[Change]:
    if match.old and match.new and match.new.required and not match.old.required:
        yield Change(Effect.NARROWS, "optional", "required", narrow=ObjectSample(match.old_object))


RULE = Rule(
    id="property-became-required",
    title="A property that might be left out and now must be there.",
    words="{where} is required now",
    on=PropertyMatch,
    levels=Levels(client=(Level.ERROR, Level.INFO), server=(Level.INFO, Level.ERROR)),
    check=_check,
)
