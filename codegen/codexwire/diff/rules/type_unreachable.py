"""A type is still defined but no message can contain it any more, or the reverse."""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.diff.match import UseMatch
from codexwire.diff.rule import SILENT, Change, Effect, Harmless, Rule

__all__ = ["RULE"]


def _check(match: UseMatch) -> Iterator[Change]:
    yield Change(Effect.NONE, _text(match.old), _text(match.new))


def _text(used: bool) -> str:
    return "in messages" if used else "in no message"


RULE = Rule(
    id="type-unreachable",
    title="A type that messages used and that none uses now.",
    words="{type} was {old}, is {new}",
    on=UseMatch,
    levels=SILENT,
    check=_check,
    harmless=Harmless.NOT,
)
