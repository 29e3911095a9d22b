"""Which thread and which turn a notification is about, from the wire's own value.

The same places hold for every release from 0.58.0 to 0.169.0 (a test compares them with the generated
tables on recordings); a release that is not out yet, and a method that no table has, can be routed too.
"""

from __future__ import annotations

from typing import Any

from codexwire.runtime.client.jsonrpc import Json

__all__ = ["LEGACY_EVENT", "locate"]

LEGACY_EVENT = "codex/event/"
"""The prefix of the v1 events, whose turn is the `id` beside `msg`."""


def locate(method: str, params: Json) -> tuple[str | None, str | None]:
    """Return thread id and turn id of a notification; None for one that it does not have."""
    thread = params.get("threadId")
    if type(thread) is not str:
        thread = _nested(params, "thread") or _text(params, "conversationId", "thread_id")
    if method.startswith(LEGACY_EVENT):
        return thread, _text(params, "id")
    turn = params.get("turnId")
    if type(turn) is not str:
        turn = _nested(params, "turn") or _text(params, "turn_id")
    return thread, turn


def _nested(params: Json, name: str) -> str | None:
    """Return the id of the object `name`: `{"thread": {"id": …}}`, or `threadId` inside it."""
    inner: Any = params.get(name)
    return _text(inner, "id", f"{name}Id") if type(inner) is dict else None


def _text(params: Json, *names: str) -> str | None:
    """Return the first of the named members that is a string with anything in it."""
    for name in names:
        value = params.get(name)
        if type(value) is str and value:
            return value
    return None
