"""A removed and an added method look alike: same params, same response, a similar name.

A suggestion only; both findings stand on their own."""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.diff.match import RenameMatch
from codexwire.diff.rule import SILENT, Change, Effect, Rule

__all__ = ["RULE"]


def _check(match: RenameMatch) -> Iterator[Change]:
    yield Change(Effect.NONE, match.old.name, match.new.name, key=match.new.name)


RULE = Rule(
    id="method-renamed",
    title="A removed and an added method that look like one under a new name.",
    words="{old} may be called {new} now",
    on=RenameMatch,
    levels=SILENT,
    check=_check,
)
