"""A catch-all was added: any string or object is now taken beside the known ones."""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.diff.match import OpenMatch
from codexwire.diff.rule import Change, Levels, Rule, effect_of
from codexwire.finding import Level

__all__ = ["RULE"]


def _check(match: OpenMatch) -> Iterator[Change]:
    if match.opened:
        yield Change(
            effect_of(narrows=False, widens=not match.absorbed),
            "closed",
            f"open ({match.kind})",
            key=match.kind,
            widen=match.probe,
        )


RULE = Rule(
    id="union-opened",
    title="A closed set that got a catch-all, so that later additions break nobody.",
    words="{where} takes unknown values now ({key})",
    on=OpenMatch,
    levels=Levels(client=(Level.INFO, Level.WARNING), server=(Level.WARNING, Level.INFO)),
    check=_check,
)
