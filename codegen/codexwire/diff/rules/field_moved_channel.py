"""A part of a message moved between stable and experimental."""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.diff.match import StabilityMatch
from codexwire.diff.rule import SILENT, Change, Effect, Rule

__all__ = ["RULE"]


def _check(match: StabilityMatch) -> Iterator[Change]:
    if match.what != "method":
        yield Change(Effect.NONE, match.old, match.new, key=match.name)


RULE = Rule(
    id="field-moved-channel",
    title="A property, variant or type that moved between the stable and the experimental schema.",
    words="{where} was {old}, is {new}",
    on=StabilityMatch,
    levels=SILENT,
    check=_check,
)
