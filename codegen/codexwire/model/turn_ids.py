"""Which thread and turn a message about a turn names."""

from __future__ import annotations

from typing import Any

from codexwire.model.turn_items import Json

__all__ = ["EVENT", "ids_of"]

EVENT = "codex/event/"
"""The prefix of the v1 events, whose turn is the `id` beside `msg`."""


def ids_of(method: str, params: Json) -> tuple[str | None, str | None]:
    """Return thread id and turn id; None for one that the message does not name."""
    thread = _text(params, "threadId")
    if thread is None:
        thread = _nested(params, "thread") or _text(params, "conversationId", "thread_id")
    if method.startswith(EVENT):
        return thread, _text(params, "id")
    turn = _text(params, "turnId")
    if turn is None:
        turn = _nested(params, "turn") or _text(params, "turn_id")
    return thread, turn


def _nested(params: Json, name: str) -> str | None:
    inner: Any = params.get(name)
    return _text(inner, "id", f"{name}Id") if isinstance(inner, dict) else None


def _text(params: Json, *names: str) -> str | None:
    for name in names:
        value = params.get(name)
        if isinstance(value, str) and value:
            return value
    return None
