"""A request was added.

A new client may call it only on a new server. A server that sends it to an old client waits for an
answer that may never come."""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.diff.describe import describe_method
from codexwire.diff.match import MethodMatch
from codexwire.diff.rule import Change, Effect, Levels, MessageSample, Rule
from codexwire.direction import Kind
from codexwire.finding import Level

__all__ = ["RULE"]


def _check(match: MethodMatch) -> Iterator[Change]:
    if match.old is None and match.new is not None and match.new.kind is Kind.REQUEST:
        yield Change(
            Effect.WIDENS,
            None,
            describe_method(match.new),
            key=match.new.name,
            widen=MessageSample(match.new),
        )


RULE = Rule(
    id="request-added",
    title="A request that the old version does not have.",
    words="new request {path} {new}",
    on=MethodMatch,
    levels=Levels(client=(Level.INFO, Level.WARNING), server=(Level.ERROR, Level.INFO)),
    check=_check,
)
