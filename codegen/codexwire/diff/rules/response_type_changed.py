"""The response has another type; what differs in it is reported for that type."""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.diff.match import ResultMatch
from codexwire.diff.rule import SILENT, Change, Effect, Rule

__all__ = ["RULE"]


def _check(match: ResultMatch) -> Iterator[Change]:
    yield Change(Effect.NONE, match.old.result, match.new.result)


RULE = Rule(
    id="response-type-changed",
    title="A request whose response has a type of another name.",
    words="{method} answers with {new} instead of {old}",
    on=ResultMatch,
    levels=SILENT,
    check=_check,
)
