"""A method moved between stable and experimental.

A client without `experimentalApi` loses what leaves the stable schema, though no message changes."""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.diff.match import StabilityMatch
from codexwire.diff.rule import Change, Effect, Levels, Rule
from codexwire.finding import Level

__all__ = ["RULE"]


def _check(match: StabilityMatch) -> Iterator[Change]:
    if match.what == "method":
        yield Change(Effect.NONE, match.old, match.new, key=match.name)


RULE = Rule(
    id="method-moved-channel",
    title="A method that moved between the stable and the experimental schema.",
    on=StabilityMatch,
    levels=Levels(client=(Level.INFO, Level.INFO), server=(Level.INFO, Level.INFO)),
    check=_check,
)
