"""A request uses an id that is still in flight.

Every release accepts that and answers both, in either order, so nobody but the client can get
confused; 7 and "7" are different ids.
"""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.finding import Level
from codexwire.model.message import MessageKind
from codexwire.model.session import SessionStep
from codexwire.model.session_check import ANY, CheckNote, SessionCheck, at_step


def on_step(step: SessionStep) -> Iterator[CheckNote]:
    """Notice a request whose id waits for an answer already."""
    message, rid = step.message, step.message.id
    waiting = None if rid is None else step.connection.requests.match((message.sender, rid))
    if waiting is not None:
        text = f"the id is in flight already, from line {waiting.line}"
        yield at_step(step, Level.INFO, text)


CHECK = SessionCheck(
    "id-in-flight",
    "A request id is used again before its answer.",
    Level.INFO,
    ("recordings 0.58.0–0.169.0: the same id twice in flight is answered twice",),
    on_step=on_step,
    about={MessageKind.REQUEST: ANY},
)
