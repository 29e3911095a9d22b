"""`initialize` was sent on a connection that had already shaken hands.

Servers answer with "Already initialized". After a failed `initialize` another one is fine, and one
that succeeds belongs to a new server process: then a new session begins (`new-session`).
"""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.finding import Level
from codexwire.model.message import MessageKind
from codexwire.model.session import ConnectionRecord, Handshake, SentRequest, SessionStep
from codexwire.model.session_check import CheckNote, SessionCheck, about_request

_TEXT = "initialize was sent a second time; servers refuse it"


def on_step(step: SessionStep) -> Iterator[CheckNote]:
    """Notice the refusal of a second `initialize`."""
    request = step.request
    if request and _is_second(request, step.connection):
        yield about_request(request, Level.ERROR, _TEXT)


def at_end(connection: ConnectionRecord) -> Iterator[CheckNote]:
    """Notice a second `initialize` that nobody answered."""
    for request in connection.unanswered():
        if _is_second(request, connection):
            yield about_request(request, Level.ERROR, _TEXT)


def _is_second(request: SentRequest, connection: ConnectionRecord) -> bool:
    return request.method == "initialize" and connection.handshake is Handshake.DONE


CHECK = SessionCheck(
    "double-initialize",
    "`initialize` is sent twice on one connection.",
    Level.ERROR,
    ("recordings 0.58.0–0.169.0: −32600 `Already initialized`",),
    on_step=on_step,
    about={MessageKind.ERROR: frozenset({"initialize"})},
    at_end=at_end,
)
