"""A type moved between the root and the v2 namespace."""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.diff.match import TypeMatch
from codexwire.diff.rule import SILENT, Change, Effect, Rule

__all__ = ["RULE"]


def _check(match: TypeMatch) -> Iterator[Change]:
    if match.old is not None and match.new is not None:
        yield Change(Effect.NONE, match.old.name, match.new.name)


RULE = Rule(
    id="namespace-moved",
    title="A type that left one namespace for the other.",
    words="{old} is {new} now",
    on=TypeMatch,
    levels=SILENT,
    check=_check,
)
