"""The client never answered a request of the server.

The server waits for it: the turn hangs. A request that the server itself took back
(`serverRequest/resolved`, since 0.107.0), or whose turn ended, needs no answer. A recording of the
server alone says nothing about answers.
"""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.direction import Side
from codexwire.finding import Level
from codexwire.model.session import ConnectionRecord, SentRequest
from codexwire.model.session_check import CheckNote, SessionCheck, about_request


def at_end(connection: ConnectionRecord) -> Iterator[CheckNote]:
    """Notice every request of the server that still waits."""
    if Side.CLIENT not in connection.heard:
        return
    for (sender, rid), request in connection.requests:
        if sender is not Side.SERVER:
            continue
        if rid in connection.resolved or _turn_is_over(connection, request):
            text = "the client did not answer; the server did not wait for it"
            yield about_request(request, Level.INFO, text)
        else:
            yield about_request(request, Level.WARNING, "the client never answered")


def _turn_is_over(connection: ConnectionRecord, request: SentRequest) -> bool:
    turn = connection.turn(request.ids.thread, request.ids.turn) or request.turn
    return turn is not None and turn.completed is not None


CHECK = SessionCheck(
    "server-request-unanswered",
    "A server's request has no answer.",
    Level.WARNING,
    (
        "recordings 0.107.0–0.169.0: `serverRequest/resolved` after an interrupted approval",
        "recordings 0.72.0, 0.99.0: only `turn/completed` in the same case",
    ),
    at_end=at_end,
)
