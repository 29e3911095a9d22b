"""`item/completed` came twice for one item.

Some releases do it for some kinds of item: declined commands and patches, and the end of a review.
"""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.finding import Level
from codexwire.model.message import MessageKind
from codexwire.model.session import SessionStep
from codexwire.model.session_check import CheckNote, SessionCheck, at_step, usual

_TWICE = {
    "commandExecution": "0.72.0..0.92.0",
    "fileChange": "0.80.0..0.125.0",
    "exitedReviewMode": "0.72.0..0.140.0",
}


def on_step(step: SessionStep) -> Iterator[CheckNote]:
    """Notice the second completion."""
    if step.turn is None or not step.turn.items or step.ids.item is None:
        return
    _, completed = step.turn.items.get(step.ids.item, (None, None))
    if completed is None:
        return
    item = step.message.params.get("item")
    versions = _TWICE.get(str(item.get("type"))) if isinstance(item, dict) else None
    level = usual(step.connection.version, versions, Level.WARNING) if versions else Level.WARNING
    yield at_step(step, level, f"the item completed already, on line {completed}")


CHECK = SessionCheck(
    "item-completed-twice",
    "An item completes twice.",
    Level.WARNING,
    (
        "recordings 0.72.0–0.92.0: a declined command, `declined` and then `failed`",
        "recordings 0.80.0–0.125.0: a declined file change",
        "recordings 0.72.0–0.140.0: `exitedReviewMode`",
    ),
    on_step=on_step,
    about={MessageKind.NOTIFICATION: frozenset({"item/completed"})},
)
