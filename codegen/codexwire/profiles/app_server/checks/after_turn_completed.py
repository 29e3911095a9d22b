"""A notification about a turn came after its `turn/completed`.

Usual is what commands do that go on in the background (0.99.0 and later), and the token usage of a
thread's last turn, which is told again when the thread is resumed or forked.
"""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.direction import Side
from codexwire.finding import Level
from codexwire.model.message import MessageKind
from codexwire.model.session import Phase, SessionStep
from codexwire.model.session_check import ANY, CheckNote, SessionCheck, at_step, usual
from codexwire.profiles.app_server.names import PREFIX

_NUMBERED = "..0.99.0"  # turns are "0", "1" … per thread
_USUAL = ("thread/tokenUsage/updated", "item/commandExecution/outputDelta")


def when(phase: Phase, _method: str | None) -> bool:
    """Speak about turns that ended."""
    return phase.turn_is_over


def on_step(step: SessionStep) -> Iterator[CheckNote]:
    """Notice a latecomer."""
    turn = step.turn
    if (step.method or "").startswith(PREFIX):
        return  # these double the notifications, and their turn is what was submitted
    if step.message.sender is Side.SERVER and turn is not None:
        text = f"the turn completed already, on line {turn.completed}"
        yield at_step(step, Level.INFO if _is_usual(step) else Level.WARNING, text)


def _is_usual(step: SessionStep) -> bool:
    if step.method == "turn/started":
        return usual(step.connection.version, _NUMBERED, Level.WARNING) is Level.INFO
    item = step.message.params.get("item")
    of_command = isinstance(item, dict) and item.get("type") == "commandExecution"
    return step.method in _USUAL or (step.method == "item/completed" and of_command)


CHECK = SessionCheck(
    "after-turn-completed",
    "A notification about a turn comes after the turn's end.",
    Level.WARNING,
    (
        "recordings 0.99.0–0.163.0: output and completion of background commands",
        "recordings 0.140.0–0.163.0: `thread/tokenUsage/updated` at `thread/resume` and `thread/fork`",
    ),
    on_step=on_step,
    about={MessageKind.NOTIFICATION: ANY},
    when=when,
)
