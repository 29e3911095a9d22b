"""Which normalization rules the server's messages prove: the schema as published rejects them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set

from codexwire.direction import Side
from codexwire.probe.judge import violations
from codexwire.probe.log import Log, RequestOutcome
from codexwire.wire import Validators, Violation

__all__ = ["evidence"]


def evidence(
    published: Validators, changed: Mapping[str, Set[str]], log: Log
) -> dict[str, tuple[str, ...]]:
    """Return, by the id of the rule that lets them in, the messages that the published schema rejects.

    `changed` has for each rule that patches the schema the types and methods that it changed. Messages are
    labels: `rawResponse/completed`, `response to thread/timeline/list`, `request account/logout` for one
    that the server takes.
    """
    found: dict[str, set[str]] = {}
    server = ((label, method, broken) for label, method, _, broken in violations(published, log))
    for label, method, broken in (*server, *_taken(published, log)):
        about = {method, broken.schema_path.partition("#")[0]}
        for id in (id for id, names in changed.items() if names & about):
            found.setdefault(id, set()).add(label)
    return {id: tuple(sorted(labels)) for id, labels in sorted(found.items())}


def _taken(published: Validators, log: Log) -> Iterator[tuple[str, str, Violation]]:
    """Yield what the schema has against requests that the server answered with a result."""
    for exchange in log.exchanges:
        if exchange.outcome is RequestOutcome.ANSWERED:
            for violation in published.check_message(dict(exchange.message), Side.CLIENT):
                yield f"request {exchange.method}", exchange.method, violation
