"""The recording starts in the middle of a session, or another session begins in the same file.

Neither is wrong. The first means that some checks know less (which threads there are, which
capabilities the client has); at the second all state starts anew.
"""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.direction import Side
from codexwire.finding import Level
from codexwire.model.message import MessageKind
from codexwire.model.session import Handshake, Phase, SessionStep
from codexwire.model.session_check import ANY, CheckNote, SessionCheck, about_request, at_step


def when(phase: Phase, method: str | None) -> bool:
    """Speak until there was a handshake, and then about the next one."""
    return phase.handshake is Handshake.NONE or method == "initialize"


def on_step(step: SessionStep) -> Iterator[CheckNote]:
    """Notice a server that serves without a handshake, and a second successful one."""
    request, connection = step.request, step.connection
    is_result = step.message.kind is MessageKind.RESPONSE
    if connection.handshake is Handshake.NONE:
        served = is_result and request is not None and request.method != "initialize"
        tells = step.message.sender is Side.SERVER and (
            step.message.kind is MessageKind.NOTIFICATION or (is_result and request is None)
        )
        if served or tells:
            yield at_step(step, Level.INFO, "the recording does not hold the session's initialize")
    elif (
        request is not None
        and is_result
        and request.method == "initialize"
        and connection.handshake is Handshake.DONE
    ):
        yield about_request(request, Level.INFO, "another session begins on this connection")


CHECK = SessionCheck(
    "session-boundary",
    "The recording starts mid-session, or holds several sessions.",
    Level.INFO,
    ("recordings cut at any place; several runs appended to one file",),
    on_step=on_step,
    about={MessageKind.RESPONSE: ANY, MessageKind.NOTIFICATION: ANY},
    when=when,
)
