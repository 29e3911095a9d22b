"""The default of a property changed: who leaves it out now means something else."""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.diff.match import PropertyMatch
from codexwire.diff.rule import Change, Effect, Levels, Rule, Skew
from codexwire.diff.value_set import default_of
from codexwire.direction import Side
from codexwire.finding import Level
from codexwire.ir.canonical import canonical_json

__all__ = ["RULE"]


def _check(match: PropertyMatch) -> Iterator[Change]:
    if match.old is None or match.new is None:
        return
    before, after = default_of(match.old.type), default_of(match.new.type)
    if before != after:
        yield Change(Effect.NONE, canonical_json(before), canonical_json(after))


RULE = Rule(
    id="default-changed",
    title="A property whose default is another.",
    words="{where} defaults to {new} instead of {old}",
    on=PropertyMatch,
    levels=Levels(
        client=(Level.INFO, Level.INFO),
        server=(Level.INFO, Level.INFO),
        advisory=((Side.CLIENT, Skew.OLD_CLIENT, Level.WARNING),),
    ),
    check=_check,
)
