"""A file has more than one `session_meta`.

The first is the file's own. A legacy fork has a copy of its parent's file behind it, the parent's
`session_meta` first; one of the file's own thread says that its name, git state or memory has changed. A
reader that takes the last one for the file's shows a fork under its parent's name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from codexwire.finding import Level
from codexwire.model.lines import LineCheck
from codexwire.model.session_check import CheckNote
from codexwire.profiles.rollout.lines import META, RolloutState, payload_of


def on_line(state: RolloutState, number: int, line: Mapping[str, Any]) -> Iterator[CheckNote]:
    """Yield a note for a further `session_meta`, saying what it is."""
    if line.get("type") != META or state.meta is None:
        return
    thread = payload_of(line).get("id")
    if thread == state.thread:
        yield CheckNote(number, Level.INFO, "a further session_meta of this thread: an update")
    elif state.meta.get("forked_from_id") is not None:
        text = "the session_meta of another thread: the lines of the thread forked from are copied here"
        yield CheckNote(number, Level.INFO, text)
    else:
        text = "the session_meta of another thread in a file that is no fork"
        yield CheckNote(number, Level.WARNING, text)


CHECK = LineCheck(
    id="second-meta",
    title="A file has more than one session_meta.",
    level=Level.WARNING,
    evidence=(
        "0.99.0–0.150.0: line 2 of every legacy fork is the parent's",
        "0.125.0, 0.150.0: further ones of the same id after a rename and with git metadata",
    ),
    on_line=on_line,
)
