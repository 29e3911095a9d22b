"""A keyword that the comparison does not evaluate (`not`, `uniqueItems` …) says something else.

Whether it breaks anything is not known: it counts as unproven for both sides.
"""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.diff.match import KeywordMatch
from codexwire.diff.rule import Change, Effect, Levels, Rule
from codexwire.finding import Level

__all__ = ["RULE"]


def _check(match: KeywordMatch) -> Iterator[Change]:
    yield Change(
        Effect.INCOMPARABLE,
        "absent" if match.old is None else match.old,
        "absent" if match.new is None else match.new,
        key=match.keyword,
    )


RULE = Rule(
    id="keyword-changed",
    title="A keyword that the comparison does not evaluate, and that says something else.",
    words="{where}: `{key}` was {old}, is {new}",
    on=KeywordMatch,
    levels=Levels(client=(Level.ERROR, Level.ERROR), server=(Level.ERROR, Level.ERROR)),
    check=_check,
)
