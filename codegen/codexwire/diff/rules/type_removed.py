"""A type was removed."""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.diff.match import TypeMatch
from codexwire.diff.rule import SILENT, Change, Effect, Harmless, Rule
from codexwire.model.read import read
from codexwire.model.words import words

__all__ = ["RULE"]


def _check(match: TypeMatch) -> Iterator[Change]:
    if match.new is None and match.old is not None:
        yield Change(Effect.NONE, words(read(match.old.schema)), None)


RULE = Rule(
    id="type-removed",
    title="A type that the new version no longer defines.",
    words="type {type} is gone",
    on=TypeMatch,
    levels=SILENT,
    check=_check,
    harmless=Harmless.NOT,
)
