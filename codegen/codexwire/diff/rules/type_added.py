"""A type was added."""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.diff.match import TypeMatch
from codexwire.diff.rule import SILENT, Change, Effect, Harmless, Rule
from codexwire.model.read import read
from codexwire.model.words import words

__all__ = ["RULE"]


def _check(match: TypeMatch) -> Iterator[Change]:
    if match.old is None and match.new is not None:
        yield Change(Effect.NONE, None, words(read(match.new.schema)))


RULE = Rule(
    id="type-added",
    title="A type that the old version does not define.",
    words="new type {type}",
    on=TypeMatch,
    levels=SILENT,
    check=_check,
    harmless=Harmless.NOT,
)
