"""An app-server of a few lines that plays a turn on, whoever listens.

All of it is invented; what the servers do when a thread is resumed is as measured on 0.125.0–0.171.0.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import anyio
from fake_app_server import FakeServer

from codexwire.runtime.transport import MemoryServer, Transport
from codexwire.runtime.transport.base import TransportFailure

__all__ = ["AT", "ITEMS", "NOTIFICATIONS", "PlayingServer", "away_for"]

AT = {"threadId": "t", "turnId": "u"}

ITEMS: list[dict[str, Any]] = [
    {"type": "userMessage", "id": "a", "content": [{"type": "text", "text": "go"}]},
    {"type": "reasoning", "id": "b", "summary": ["I look."], "content": []},
    {"type": "agentMessage", "id": "c", "text": "OK. "},
    {"type": "commandExecution", "id": "call", "command": "ls", "status": "completed"},
    {"type": "agentMessage", "id": "d", "text": "OK. "},
    {"type": "agentMessage", "id": "e", "text": "All of it is done."},
]
"""Two messages say the same: they are two."""

_DELTAS = {"agentMessage": "item/agentMessage/delta"}


def _played() -> list[tuple[str, dict[str, Any]]]:
    found: list[tuple[str, dict[str, Any]]] = [
        ("turn/started", {"threadId": "t", "turn": {"id": "u", "status": "inProgress"}})
    ]
    for item in ITEMS:
        begun = {**item, "text": ""} if "text" in item else {**item, "summary": []}
        if "status" in item:
            begun["status"] = "inProgress"
        found.append(("item/started", {**AT, "item": begun}))
        if item["type"] == "agentMessage":
            half = len(item["text"]) // 2
            for piece in (item["text"][:half], item["text"][half:]):
                found.append(
                    (_DELTAS["agentMessage"], {**AT, "itemId": item["id"], "delta": piece})
                )
        found.append(("item/completed", {**AT, "item": item}))
    end = {"id": "u", "status": "completed", "items": [], "error": None}
    found.append(("turn/completed", {"threadId": "t", "turn": end}))
    return found


NOTIFICATIONS = _played()


class PlayingServer(FakeServer):
    """Plays one turn, which goes on without a listener, and tells it when the thread is resumed.

    `numbered` servers keep no ids of items: they number them. `late` of the items that were completed
    last are not told by `thread/resume` yet. It is followed by the last `again` of the notifications,
    of which it has told the items already.
    """

    def __init__(self, *, numbered: bool = False, late: int = 0, again: int = 0) -> None:
        super().__init__()
        self.numbered = numbered
        self.late = late
        self.again = again
        self.telling = anyio.Lock()
        self.step = 0
        self.listener: MemoryServer | None = None
        self.answers |= {
            "turn/start": self._turn,
            "thread/resume": self._resume,
            "thread/read": self._read,
        }

    @property
    def ended(self) -> bool:
        return self.step == len(NOTIFICATIONS)

    async def until(self, step: int) -> None:
        """Wait until so many notifications were sent, or would have been."""
        while self.step < min(step, len(NOTIFICATIONS)):
            await anyio.lowlevel.checkpoint()

    async def play(self) -> None:
        """Play the turn once it is asked for."""
        while self.listener is None:
            await anyio.lowlevel.checkpoint()
        for method, params in NOTIFICATIONS:
            async with self.telling:
                self.step += 1
                with suppress(TransportFailure):  # nobody listens
                    await self.listener.notify(method, params)
            await anyio.sleep(0.001)

    async def _turn(self, server: MemoryServer, message: Any) -> None:
        self.listener = server
        await server.answer(message, {"turn": {"id": "u", "status": "inProgress", "items": []}})

    async def _resume(self, server: MemoryServer, message: Any) -> None:
        async with self.telling:
            self.listener = server
            thread = self._told(0 if self.ended else self.late)
            await server.answer(message, {"thread": thread})
            for method, params in NOTIFICATIONS[max(self.step - self.again, 0) : self.step]:
                await server.notify(method, params)

    async def _read(self, server: MemoryServer, message: Any) -> None:
        thread = self._told()
        if not message["params"].get("includeTurns"):
            del thread["turns"]
        await server.answer(message, {"thread": thread})

    def _told(self, late: int = 0) -> dict[str, Any]:
        done = NOTIFICATIONS[: self.step]
        items = [params["item"] for method, params in done if method == "item/completed"]
        items = items[: len(items) - late]
        if self.numbered:
            items = [{**item, "id": f"item-{n}"} for n, item in enumerate(items, 1)]
        status = "completed" if self.ended else "inProgress"
        turns = [{"id": "u", "status": status, "items": items, "error": None}]
        state = {"type": "idle"} if self.ended else {"type": "active", "activeFlags": []}
        return {"id": "t", "status": state, "turns": turns}


@asynccontextmanager
async def away_for(server: PlayingServer, steps: int) -> AsyncIterator[Transport]:
    """Open a transport to the server; to one whose turn plays already when `steps` more have come."""
    if server.step:
        await server.until(server.step + steps)
    async with server.open() as transport:
        yield transport
