"""A turn started and `turn/completed` never came.

The recording may end too early, so this is a warning. 0.58.0 never sends `turn/completed`; up to
0.107.0 a `turn/start` during a running turn starts a turn that never completes. Inside a review a
turn starts whose events and completion all go by the id that the answer to `review/start` named.
"""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.direction import Side
from codexwire.finding import Level
from codexwire.model.session import ConnectionRecord, TurnRecord
from codexwire.model.session_check import CheckNote, SessionCheck, usual

_NO_COMPLETION = "..0.58.0"
_OVERLAPPED = "..0.107.0"
_TEXT = "the turn never completes"
_IN_REVIEW = "the turn never completes: it is inside a review, which goes by another id"


def unfinished(connection: ConnectionRecord, turn: TurnRecord) -> Iterator[CheckNote]:
    """Notice every turn that started and did not end."""
    if turn.started is None:
        return
    known = _OVERLAPPED if turn.overlapped else _NO_COMPLETION
    level = usual(connection.version, known, Level.WARNING)
    level, text = (Level.INFO, _IN_REVIEW) if turn.in_review else (level, _TEXT)
    if turn.presumed is not None and not turn.in_review:
        text += f", though line {turn.presumed} says that it is over"
    yield CheckNote(turn.started, level, text, Side.SERVER, "turn/started")


CHECK = SessionCheck(
    "turn-never-completes",
    "A turn starts and never completes.",
    Level.WARNING,
    (
        "recordings 0.58.0: no `turn/completed` at all",
        "recordings 0.72.0–0.107.0: none for a turn started during another one",
        "recordings 0.115.0–0.163.0: `review/start`, inline and detached",
    ),
    unfinished=unfinished,
)
