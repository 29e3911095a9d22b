"""A response answers no request that is open: it is the second one, or its id was never used.

No server does either. Servers ignore stray responses of a client. In a recording that starts in the
middle of a session the request may lie before the start.
"""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.direction import Side
from codexwire.finding import Level
from codexwire.model.message import MessageKind
from codexwire.model.session import Handshake, SessionStep
from codexwire.model.session_check import CheckNote, SessionCheck, at_step

_LEVELS = {Side.SERVER: Level.ERROR, Side.CLIENT: Level.WARNING}
_OF_NOTHING = frozenset({None})


def on_step(step: SessionStep) -> Iterator[CheckNote]:
    """Notice an answer without an open question."""
    message = step.message
    level = _LEVELS[message.sender]
    if step.answered_on is not None:
        text = f"the request was answered already, on line {step.answered_on}"
        yield at_step(step, level, text)
    elif message.body.get("id") in (None, -1) and message.kind is MessageKind.ERROR:
        text = "an error about a message that could not be read"
        yield at_step(step, Level.INFO, text)
    else:
        cut = step.connection.handshake in (Handshake.NONE, Handshake.ASSUMED)
        yield at_step(step, Level.INFO if cut else level, "no request with this id is open")


CHECK = SessionCheck(
    "unmatched-response",
    "A response answers nothing, or answers twice.",
    Level.ERROR,
    (
        "recordings 0.58.0–0.169.0: one answer for every request, also for equal ids in flight",
        "exec-server: a line that is not JSON is answered by an error with id −1",
    ),
    on_step=on_step,
    about={MessageKind.RESPONSE: _OF_NOTHING, MessageKind.ERROR: _OF_NOTHING},
)
