"""The answer to `turn/start` named a turn that never starts.

From 0.115.0 to 0.140.0 that is what a `turn/start` during a running turn gets; its input goes into the
running turn. From 0.150.0 on the answer names the running turn.
"""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.direction import Side
from codexwire.finding import Level
from codexwire.model.session import ConnectionRecord, TurnRecord
from codexwire.model.session_check import CheckNote, SessionCheck, usual

_OVERLAPPED = "..0.140.0"


def unfinished(connection: ConnectionRecord, turn: TurnRecord) -> Iterator[CheckNote]:
    """Notice every turn that an answer named and nothing else did."""
    if turn.announced is None or turn.started is not None:
        return
    level = Level.WARNING
    if turn.overlapped:
        level = usual(connection.version, _OVERLAPPED, level)
    text = "the turn that the answer names never starts"
    yield CheckNote(turn.announced, level, text, Side.SERVER, "turn/start")


CHECK = SessionCheck(
    "phantom-turn",
    "An answer names a turn that never starts.",
    Level.WARNING,
    ("recordings 0.115.0–0.140.0: `turn/start` during a running turn", "openai/codex#28495"),
    unfinished=unfinished,
)
