"""A stream begins within the file: streams of several processes were put into one.

Items are numbered anew in each, so that their ids say nothing across it; a resumed thread repeats its id.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from codexwire.finding import Level
from codexwire.model.lines import LineCheck
from codexwire.model.session_check import CheckNote
from codexwire.profiles.exec_stream.lines import StreamState


def on_line(state: StreamState, number: int, line: Mapping[str, Any]) -> Iterator[CheckNote]:
    """Yield a note for a further `thread.started`."""
    if line.get("type") == "thread.started" and state.lines:
        again = line.get("thread_id") in state.threads
        whose = "of the same thread, resumed" if again else "of another thread"
        yield CheckNote(number, Level.INFO, f"another stream begins, {whose}")


CHECK = LineCheck(
    id="another-stream",
    title="A stream begins within the file.",
    level=Level.INFO,
    evidence=(
        "0.99.0–0.171.0: thread.started is the first event of every process, and comes once",
    ),
    on_line=on_line,
)
