"""A request was sent before `initialize`.

Servers answer it with "Not initialized". A recording that starts in the middle of a session looks the
same at first; it is told by the server going along with it, and then nothing is reported.
"""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.direction import Side
from codexwire.finding import Level
from codexwire.model.members import text_in
from codexwire.model.message import MessageKind
from codexwire.model.session import Handshake, SessionStep
from codexwire.model.session_check import ANY, CheckNote, SessionCheck, about_request, at_step

_TEXT = "the request came before initialize; servers refuse it"


def on_step(step: SessionStep) -> Iterator[CheckNote]:
    """Notice the refusal of an early request, and early requests without an answer."""
    message, request, connection = step.message, step.request, step.connection
    if message.kind is MessageKind.ERROR:
        if request and request.before_initialize and _is_refusal(message.body.get("error")):
            yield about_request(request, Level.ERROR, _TEXT)
    elif message.method == "initialize" and connection.handshake is Handshake.NONE:
        for waiting in connection.unanswered():
            if waiting.sender is Side.CLIENT and waiting.before_initialize:
                yield about_request(waiting, Level.ERROR, _TEXT)
    elif _is_early_notification(step):
        yield at_step(step, Level.WARNING, "the notification came before initialize")


def _is_refusal(error: object) -> bool:
    return "not initialized" in text_in(error, "message").lower()


def _is_early_notification(step: SessionStep) -> bool:
    return (
        step.message.kind is MessageKind.NOTIFICATION
        and step.message.sender is Side.CLIENT
        and step.connection.handshake is Handshake.NONE
        and not step.connection.heard
    )


CHECK = SessionCheck(
    "use-before-initialize",
    "A request is sent before `initialize`.",
    Level.ERROR,
    ("recordings 0.58.0–0.169.0: −32600 `Not initialized`",),
    on_step=on_step,
    about={
        MessageKind.ERROR: ANY,
        MessageKind.REQUEST: frozenset({"initialize"}),
        MessageKind.NOTIFICATION: frozenset({"initialized"}),
    },
)
