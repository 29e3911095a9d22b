"""An item started, and its turn completed without the item's completion.

Every release does this: interrupted messages and commands, cancelled patches, commands that go on in
the background. Clients must not wait for it.
"""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.direction import Side
from codexwire.finding import Level
from codexwire.model.message import MessageKind
from codexwire.model.session import SessionStep
from codexwire.model.session_check import CheckNote, SessionCheck


def on_step(step: SessionStep) -> Iterator[CheckNote]:
    """Notice the items that are open when their turn completes."""
    if step.turn is None or step.turn.completed:
        return
    text = f"the item had not completed when its turn did, on line {step.message.line}"
    for line in step.turn.open_items:
        yield CheckNote(line, Level.INFO, text, Side.SERVER, "item/started")


CHECK = SessionCheck(
    "item-never-completes",
    "An item starts and its turn ends without its completion.",
    Level.INFO,
    ("recordings 0.58.0–0.169.0: items of interrupted turns, background terminals",),
    on_step=on_step,
    about={MessageKind.NOTIFICATION: frozenset({"turn/completed"})},
)
