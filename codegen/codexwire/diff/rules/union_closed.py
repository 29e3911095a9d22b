"""A catch-all was removed: only the known strings or objects are taken."""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.diff.match import OpenMatch
from codexwire.diff.rule import Change, Levels, Rule, effect_of
from codexwire.finding import Level

__all__ = ["RULE"]


def _check(match: OpenMatch) -> Iterator[Change]:
    if not match.opened:
        yield Change(
            effect_of(narrows=not match.absorbed, widens=False),
            f"open ({match.kind})",
            "closed",
            key=match.kind,
            narrow=match.probe,
        )


RULE = Rule(
    id="union-closed",
    title="A set that lost its catch-all.",
    words="{where} takes known values only now ({key})",
    on=OpenMatch,
    levels=Levels(client=(Level.ERROR, Level.INFO), server=(Level.INFO, Level.WARNING)),
    check=_check,
)
