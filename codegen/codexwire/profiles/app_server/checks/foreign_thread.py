"""An event is about a thread that this connection never heard of.

Turns and items come only to connections that started or resumed the thread. What concerns a thread
as a whole (`thread/status/changed` and the like) goes to everybody. Warnings and token usage of a
thread may come before the answer that names it, so this is judged at the end, once per thread.
"""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.finding import Level
from codexwire.model.session import ConnectionRecord, Handshake
from codexwire.model.session_check import CheckNote, SessionCheck

_TEXT = "the thread was not started, resumed or listed on this connection"


def at_end(connection: ConnectionRecord) -> Iterator[CheckNote]:
    """Notice the threads that the client had no reason to know."""
    for thread, message in connection.strangers.items():
        if thread in connection.threads:
            continue
        broadcast = (message.method or "").startswith("thread/")
        complete = connection.handshake is Handshake.DONE
        level = Level.WARNING if complete and not broadcast else Level.INFO
        yield CheckNote(message.line, level, _TEXT, message.sender, message.method)


CHECK = SessionCheck(
    "foreign-thread",
    "An event is about a thread that the connection does not know.",
    Level.WARNING,
    (
        "recordings 0.163.0, websocket: `thread/status/changed` goes to all connections, turns and"
        " items only to those that started or resumed the thread",
        "recordings 0.72.0–0.163.0: events before the answer to `thread/fork` or `thread/resume`",
    ),
    at_end=at_end,
)
