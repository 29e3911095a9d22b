"""A notification came that the client had opted out of.

Servers that know `optOutNotificationMethods` (0.115.0 and later) leave out exactly the listed methods.
"""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.direction import Side
from codexwire.finding import Level
from codexwire.model.message import MessageKind
from codexwire.model.session import Phase, SessionStep
from codexwire.model.session_check import ANY, CheckNote, SessionCheck, at_step


def when(phase: Phase, method: str | None) -> bool:
    """Speak about what is on the list."""
    return method in phase.opted_out


def on_step(step: SessionStep) -> Iterator[CheckNote]:
    """Notice a notification of the server that is on the list."""
    if step.message.sender is Side.SERVER:
        yield at_step(step, Level.ERROR, "the client opted out of this notification")


CHECK = SessionCheck(
    "opted-out-notification",
    "A notification comes although the client opted out of it.",
    Level.ERROR,
    ("recordings 0.115.0–0.169.0: listed methods never come",),
    on_step=on_step,
    about={MessageKind.NOTIFICATION: ANY},
    when=when,
)
