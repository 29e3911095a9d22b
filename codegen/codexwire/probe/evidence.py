"""Which normalization rules the server's messages prove: the schema as published rejects them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from codexwire.direction import Side
from codexwire.model.normalization import Effect
from codexwire.normalize import Application
from codexwire.probe.judge import violations
from codexwire.probe.log import Log, Outcome
from codexwire.wire import Validators, Violation

__all__ = ["evidence"]


def evidence(
    published: Validators, applied: Iterable[Application], log: Log
) -> dict[str, tuple[str, ...]]:
    """Return, by the id of the rule that lets them in, the messages that the published schema rejects.

    They are labels: `rawResponse/completed`, `response to thread/timeline/list`, `request account/logout`
    for one that the server takes.
    """
    found: dict[str, set[str]] = {}
    owners = {a.rule.id: _owners(a) for a in applied if a.rule.effect is Effect.PATCH}
    server = ((label, method, broken) for label, method, _, broken in violations(published, log))
    for label, method, broken in (*server, *_taken(published, log)):
        about = {method, broken.schema_path.partition("#")[0]}
        for id in (id for id, places in owners.items() if places & about):
            found.setdefault(id, set()).add(label)
    return {id: tuple(sorted(labels)) for id, labels in sorted(found.items())}


def _owners(application: Application) -> set[str]:
    """Return the types and methods that a rule changed."""
    return {place.partition("#")[0] for place in application.places}


def _taken(published: Validators, log: Log) -> Iterator[tuple[str, str, Violation]]:
    """Yield what the schema has against requests that the server answered with a result."""
    for exchange in log.exchanges:
        if exchange.outcome is Outcome.ANSWERED:
            for violation in published.check_message(dict(exchange.message), Side.CLIENT):
                yield f"request {exchange.method}", exchange.method, violation
