"""A turn started although the server had refused to start one.

A request that is answered with an error does nothing. Of a thread whose `turn/start` was refused while no
turn ran, and that no request has named since, a turn starts only by another client.
"""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.direction import Side
from codexwire.finding import Level
from codexwire.model.message import MessageKind
from codexwire.model.session import SessionStep
from codexwire.model.session_check import CheckNote, SessionCheck, at_step


def on_step(step: SessionStep) -> Iterator[CheckNote]:
    """Notice the start of a turn that nothing asked for since a request for one was refused."""
    connection, thread = step.connection, step.ids.thread
    refused = connection.refused.get(thread or "")
    announced = step.turn is not None and step.turn.announced is not None
    if (
        refused is not None
        and not announced
        and not connection.requests.count((Side.CLIENT, thread))
    ):
        text = f"the turn starts although the {refused.method} on line {refused.line} was refused"
        yield at_step(step, Level.WARNING, text)


CHECK = SessionCheck(
    "turn-after-refusal",
    "A turn starts after the request for it was refused.",
    Level.WARNING,
    ("servers 0.58.0–0.171.0: a request that is answered with an error starts no turn",),
    on_step=on_step,
    about={MessageKind.NOTIFICATION: frozenset({"turn/started"})},
)
