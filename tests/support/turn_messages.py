"""Messages about a turn, written by hand, and the state after them."""

from __future__ import annotations

from typing import Any

from codexwire import turns
from codexwire.model.message import Json
from codexwire.turns import TurnState

__all__ = [
    "COMPLETED",
    "HERE",
    "STARTED",
    "after",
    "delta",
    "error",
    "event",
    "item",
    "note",
    "status",
]

HERE = {"threadId": "T", "turnId": "U"}


def note(method: str, /, **params: Any) -> Json:
    return {"method": method, "params": params}


def event(kind: str, /, **members: Any) -> Json:
    params = {"conversationId": "T", "id": "U", "msg": {"type": kind, **members}}
    return {"method": f"codex/event/{kind}", "params": params}


def status(word: str, thread: str = "T") -> Json:
    return note("thread/status/changed", threadId=thread, status={"type": word})


def delta(text: str, item: str = "m") -> Json:
    return note("item/agentMessage/delta", **HERE, itemId=item, delta=text)


def item(kind: str, item_id: str, /, when: str = "completed", **members: Any) -> Json:
    return note(f"item/{when}", **HERE, item={"type": kind, "id": item_id, **members})


def error(retry: bool = False, text: str = "broke") -> Json:
    return note("error", **HERE, willRetry=retry, error={"message": text})


STARTED = note("turn/started", threadId="T", turn={"id": "U", "status": "inProgress"})


COMPLETED = note("turn/completed", threadId="T", turn={"id": "U", "status": "completed"})


def after(*messages: Any, state: TurnState | None = None) -> TurnState:
    """The state after messages, the first of them at 1."""
    state = state or turns.start("T", "U")
    for number, message in enumerate(messages, 1):
        state = turns.step(state, message, number)
    return state
