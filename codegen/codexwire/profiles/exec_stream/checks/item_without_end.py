"""An item begins and is not completed before its turn or stream ends.

Who waits for the end of a command by its item waits for ever.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from codexwire.finding import Level
from codexwire.model.lines import LineCheck
from codexwire.model.session_check import CheckNote
from codexwire.profiles.exec_stream.lines import StreamState

_ENDS = frozenset({"turn.completed", "turn.failed", "turn.started", "thread.started"})


def on_line(state: StreamState, number: int, line: Mapping[str, Any]) -> Iterator[CheckNote]:
    """Yield a note for each item that is open when its turn ends."""
    del number
    if str(line.get("type")) in _ENDS:
        yield from at_end(state)


def at_end(state: StreamState) -> Iterator[CheckNote]:
    """Yield a note for each item that is open when the stream ends."""
    for begun in state.items.values():
        yield CheckNote(begun, Level.INFO, "the item that begins here is not completed in its turn")


CHECK = LineCheck(
    id="item-without-end",
    title="An item of a stream begins and is not completed.",
    level=Level.INFO,
    evidence=(
        "0.99.0–0.171.0: items that begin are completed, to-do lists at the end of the turn",
        "0.125.0, 0.140.0: a command that ends at once is sometimes not",
    ),
    on_line=on_line,
    at_end=at_end,
)
