"""A notification came that the client had opted out of.

Servers that know `optOutNotificationMethods` (0.115.0 and later) leave out exactly the listed methods.
"""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.direction import Side
from codexwire.finding import Level
from codexwire.ir.model import Protocol
from codexwire.model.session import Step
from codexwire.model.session_check import NOTIFICATIONS, Note, SessionCheck, at_step


def on_step(step: Step, protocol: Protocol) -> Iterator[Note]:  # noqa: ARG001 - a check's signature
    """Notice a notification that is on the list."""
    message = step.message
    if message.sender is Side.SERVER and message.method in step.connection.opted_out:
        yield at_step(step, Level.ERROR, "the client opted out of this notification")


CHECK = SessionCheck(
    "opted-out-notification",
    "A notification comes although the client opted out of it.",
    Level.ERROR,
    ("recordings 0.115.0–0.169.0: listed methods never come",),
    on_step=on_step,
    kinds=NOTIFICATIONS,
)
