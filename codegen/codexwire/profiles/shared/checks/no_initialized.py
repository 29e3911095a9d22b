"""A client went on after `initialize` without the notification `initialized`.

Servers answer all the same; the handshake of the protocol is not complete without it.
"""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.direction import Side
from codexwire.finding import Level
from codexwire.model.session import ConnectionRecord
from codexwire.model.session_check import CheckNote, SessionCheck


def at_end(connection: ConnectionRecord) -> Iterator[CheckNote]:
    """Notice a client that said something after the handshake, but never `initialized`."""
    if connection.went_on is not None and connection.initialized is None:
        text = "the client goes on after initialize and never sends `initialized`"
        yield CheckNote(connection.went_on, Level.INFO, text, Side.CLIENT)


CHECK = SessionCheck(
    "no-initialized",
    "A client never sends `initialized`.",
    Level.INFO,
    ("servers 0.58.0–0.171.0 answer without it; their documentation asks for it",),
    at_end=at_end,
)
