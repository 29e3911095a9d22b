"""The lines of paginated history are numbered without a gap.

They count from 0 on, those of a fork or of a reverted thread from where the earlier history ends. A gap, or
a number that comes again, means that lines are missing, or were written by two processes at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from codexwire.finding import Level
from codexwire.model.lines import LineCheck
from codexwire.model.session_check import CheckNote
from codexwire.profiles.rollout.lines import PAGINATED, RolloutState, history_base, payload_of


def on_line(state: RolloutState, number: int, line: Mapping[str, Any]) -> Iterator[CheckNote]:
    """Yield a note for a line that is not numbered next."""
    ordinal = line.get("ordinal")
    if type(ordinal) is not int:
        if state.history == PAGINATED and state.meta is not None:
            yield CheckNote(number, Level.WARNING, "a line of paginated history without an ordinal")
        return
    expected = _expected(state, line)
    if ordinal != expected:
        text = f"the ordinal is {ordinal}, expected {expected}"
        yield CheckNote(number, Level.WARNING, text)


def _expected(state: RolloutState, line: Mapping[str, Any]) -> int:
    if state.ordinal is not None:
        return state.ordinal + 1
    base = history_base(state.meta or payload_of(line))
    return state.lines if base is None else base[1] + state.lines


CHECK = LineCheck(
    id="ordinals",
    title="The lines of paginated history are not numbered one after another.",
    level=Level.WARNING,
    evidence=(
        "0.148.0–0.171.0: without a gap in every paginated file, forks and reverts included",
    ),
    on_line=on_line,
)
