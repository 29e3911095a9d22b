"""A notification was added.

An old client that decodes strictly fails on it; in practice unknown notifications are ignored."""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.diff.describe import describe_method
from codexwire.diff.match import MethodMatch
from codexwire.diff.rule import Change, Effect, Levels, MessageSample, Rule
from codexwire.direction import Kind
from codexwire.finding import Level

__all__ = ["RULE"]


def _check(match: MethodMatch) -> Iterator[Change]:
    if match.old is None and match.new is not None and match.new.kind is Kind.NOTIFICATION:
        yield Change(
            Effect.WIDENS,
            None,
            describe_method(match.new),
            key=match.new.name,
            widen=MessageSample(match.new),
        )


RULE = Rule(
    id="notification-added",
    title="A notification that the old version does not have.",
    words="new notification {path} {new}",
    on=MethodMatch,
    levels=Levels(client=(Level.INFO, Level.WARNING), server=(Level.WARNING, Level.INFO)),
    check=_check,
)
