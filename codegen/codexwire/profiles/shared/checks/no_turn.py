"""A file has lines, and no turn was understood in them.

That is what a reader sees whose words the writer no longer uses: nothing, without an error. A fork or
reverted thread of paginated history may have none of its own: its turns are in an earlier file.
"""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.finding import Level
from codexwire.model.lines import LineCheck
from codexwire.model.session_check import CheckNote
from codexwire.profiles.shared.lines import Turns


def look(state: Turns) -> Iterator[CheckNote]:
    """Yield a note for a file without a turn."""
    if state.lines and not state.has_turn:
        level = Level.INFO if state.has_earlier else Level.WARNING
        more = "; those of the earlier history are in another file" if state.has_earlier else ""
        lines = f"{state.lines} line{'s' if state.lines > 1 else ''}"
        yield CheckNote(1, level, f"no turn was understood in {lines}{more}")


CHECK = LineCheck(
    id="no-turn",
    title="No turn was understood in a file that has lines.",
    level=Level.WARNING,
    evidence=(
        "0.99.0–0.171.0: every file but forks and reverts has one, for the first turn makes it",
    ),
    at_end=look,
)
