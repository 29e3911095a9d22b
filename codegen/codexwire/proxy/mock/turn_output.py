"""Sends the messages of one turn to every client that listens to its thread."""

from __future__ import annotations

from typing import Any

from codexwire.model.message import Json
from codexwire.model.spelling import field_name
from codexwire.profiles.app_server import turns
from codexwire.profiles.app_server.names import PREFIX
from codexwire.proxy.mock.client import ConnectedClient, Question
from codexwire.proxy.mock.server import MockServer
from codexwire.proxy.mock.state import MockThread, MockTurn

__all__ = ["TOKENS", "TurnEnded", "TurnOutput"]


TOKENS = {"inputTokens": 100, "cachedInputTokens": 0, "outputTokens": 10}
"""What an answer of the model costs."""


class TurnEnded(Exception):  # noqa: N818 - the way out of a turn
    """The turn ends here, with a status and, when it failed, an error."""

    def __init__(self, status: str, error: Json | None = None) -> None:
        super().__init__(status)
        self.status = status
        self.error = error


class TurnOutput:
    """One turn of a thread, and the client that started it.

    What is sent here is the union of what the releases send, v2 notifications as well as the events
    of v1; of these a client gets what its release has.
    """

    def __init__(
        self, server: MockServer, client: ConnectedClient, thread: MockThread, turn: MockTurn
    ) -> None:
        self.server = server
        self.client = client
        self.thread = thread
        self.turn = turn
        self.question: Question | None = None
        self._items = 0

    def send(self, method: str, params: Json) -> None:
        """Send a notification of this turn to the listeners of its thread."""
        params = {"threadId": self.thread.id, "turnId": self.turn.id, **params}
        self.turn.state = turns.advance(self.turn.state, {"method": method, "params": params})
        for client in tuple(self.server.clients):
            if self.thread.id in client.threads:
                client.notify(method, params)

    def event(self, kind: str, /, **members: Any) -> None:
        """Send an event of v1."""
        ids = {"thread_id": self.thread.id, "turn_id": self.turn.id}
        message = {"type": kind, **ids, **members}
        params = {"conversationId": self.thread.id, "id": self.turn.id, "msg": message}
        self.send(f"{PREFIX}{kind}", params)

    def tell_status(self, *flags: str) -> None:
        """Tell every client whether the thread is busy, and with what."""
        status = self.thread.status()
        if "activeFlags" in status:
            status["activeFlags"] = list(flags)
        params = {"threadId": self.thread.id, "status": status}
        self.server.tell_all("thread/status/changed", params)

    def item_id(self, kind: str) -> str:
        """Return an id for a new item."""
        self._items += 1
        return f"{kind}_{self.turn.id}_{self._items}"

    def start(self, item: Json, event: Json | None = None) -> None:
        """Send that an item began; `event` is how v1 writes it, if it does."""
        if event is not None:
            self.event("item_started", item=event)
        self.send("item/started", {"item": item, "startedAtMs": self.server.state.now()})

    def complete(self, item: Json, event: Json | None = None) -> None:
        """Send that an item is complete."""
        if event is not None:
            self.event("item_completed", item=event)
        self.send("item/completed", {"item": item, "completedAtMs": self.server.state.now()})

    def has_request(self, method: str) -> bool:
        """Whether this release has a request of the server of that name."""
        return method in self.server.requests

    def tell_usage(self) -> None:
        """Send what one more answer of the model has cost."""
        self.thread.answers += 1
        last, total = _usage(1), _usage(self.thread.answers)
        usage = {"last": last, "total": total, "modelContextWindow": 200_000}
        self.send("thread/tokenUsage/updated", {"tokenUsage": usage})
        info = {
            "last_token_usage": _snake(last),
            "total_token_usage": _snake(total),
            "model_context_window": 200_000,
        }
        self.event("token_count", info=info, rate_limits=None)


def _usage(answers: int) -> Json:
    usage = {name: count * answers for name, count in TOKENS.items()}
    total = usage["inputTokens"] + usage["outputTokens"]
    return {**usage, "cacheWriteInputTokens": 0, "reasoningOutputTokens": 0, "totalTokens": total}


def _snake(usage: Json) -> Json:
    return {field_name(name): count for name, count in usage.items()}
