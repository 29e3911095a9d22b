"""The step that most scenarios have: a turn."""

from __future__ import annotations

from typing import Any

from codexwire.probe.scenario import Ask, WaitFor

__all__ = ["turn"]


def turn(
    text: str, *, thread: str = "$thread", seconds: float = 20.0, ends: bool = True, **more: Any
) -> Ask:
    """Return the step that starts a turn and, if it `ends`, waits for its end."""
    params = {"threadId": thread, "input": [{"type": "text", "text": text}], **more}
    until = WaitFor("turn/completed", {"threadId": thread}, seconds) if ends else None
    return Ask("turn/start", params, {"turn": "turn.id"}, until)
