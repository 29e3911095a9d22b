"""A notification was removed.

One that an old client waits for never comes, which breaks no message and deserves a warning."""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.diff.describe import describe_method
from codexwire.diff.match import MethodMatch
from codexwire.diff.rule import Change, Effect, Levels, MessageSample, Rule, Skew
from codexwire.direction import Kind, Side
from codexwire.finding import Level

__all__ = ["RULE"]


def _check(match: MethodMatch) -> Iterator[Change]:
    if match.new is None and match.old is not None and match.old.kind is Kind.NOTIFICATION:
        yield Change(
            Effect.NARROWS,
            describe_method(match.old),
            None,
            key=match.old.name,
            narrow=MessageSample(match.old),
        )


RULE = Rule(
    id="notification-removed",
    title="A notification that the new version no longer has.",
    words="notification {path} is gone",
    on=MethodMatch,
    levels=Levels(
        client=(Level.WARNING, Level.INFO),
        server=(Level.WARNING, Level.WARNING),
        advisory=((Side.SERVER, Skew.OLD_CLIENT, Level.WARNING),),
    ),
    check=_check,
)
