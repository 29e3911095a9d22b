"""A request of the client never got an answer.

The recording may simply end too early, so this is a warning; one that holds nothing of the server says
nothing about answers. `turn/interrupt` with the id of no running turn is never answered up to 0.125.0.
"""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.direction import Side
from codexwire.finding import Level
from codexwire.model.session import ConnectionRecord
from codexwire.model.session_check import CheckNote, SessionCheck, about_request, usual

_SILENT = {"turn/interrupt": "..0.125.0"}


def at_end(connection: ConnectionRecord) -> Iterator[CheckNote]:
    """Notice every request of the client that still waits."""
    for request in connection.unanswered():
        if request.sender is Side.CLIENT and Side.SERVER in connection.heard:
            silent = _SILENT.get(request.method)
            level = usual(connection.version, silent, Level.WARNING) if silent else Level.WARNING
            yield about_request(request, level, "the request was never answered")


CHECK = SessionCheck(
    "unanswered-request",
    "A client's request has no answer.",
    Level.WARNING,
    ("recordings 0.58.0–0.125.0: no answer to `turn/interrupt` of no active turn",),
    at_end=at_end,
)
