"""A request was removed.

An old client still calls it; an old server still sends it to a new client."""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.diff.describe import describe_method
from codexwire.diff.match import MethodMatch
from codexwire.diff.rule import Change, Effect, Levels, MessageSample, Rule
from codexwire.direction import Kind
from codexwire.finding import Level

__all__ = ["RULE"]


def _check(match: MethodMatch) -> Iterator[Change]:
    if match.new is None and match.old is not None and match.old.kind is Kind.REQUEST:
        yield Change(
            Effect.NARROWS,
            describe_method(match.old),
            None,
            key=match.old.name,
            narrow=MessageSample(match.old),
        )


RULE = Rule(
    id="request-removed",
    title="A request that the new version no longer has.",
    words="request {path} is gone",
    on=MethodMatch,
    levels=Levels(client=(Level.ERROR, Level.INFO), server=(Level.INFO, Level.WARNING)),
    check=_check,
)
