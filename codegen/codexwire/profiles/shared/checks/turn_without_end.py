"""A turn begins and has no end.

The server was killed, or is still at it; a later `thread/read` calls such a turn interrupted, and resuming
writes nothing about it. What is read of it may not be all.
"""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.finding import Level
from codexwire.model.lines import LineCheck
from codexwire.model.session_check import CheckNote
from codexwire.profiles.shared.lines import Turns


def look(state: Turns) -> Iterator[CheckNote]:
    """Yield a note for each turn that is open when the file ends."""
    for number in state.running.values():
        yield CheckNote(number, Level.WARNING, "the turn that begins here has no end")


CHECK = LineCheck(
    id="turn-without-end",
    title="A turn begins and has no end.",
    level=Level.WARNING,
    evidence=(
        "0.150.0, 0.171.0: a server killed within a turn leaves its session so, the last line whole",
        "all others of 0.107.0–0.171.0 end, reviews under another id than they began with",
        "exec streams of 0.99.0–0.171.0: every turn is completed or failed",
    ),
    at_end=look,
)
