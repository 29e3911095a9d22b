"""A connected client, as the parts of the mock see it that answer it and play turns to it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, Protocol

import anyio

from codexwire.proxy.mock.admission import Admission

__all__ = ["ConnectedClient", "Question"]


class ConnectedClient(Protocol):
    """One connection: what the client may do, which threads it hears of, and the way to it."""

    admission: Admission
    threads: set[str]
    listening: dict[str, str]

    def notify(self, method: str, params: dict[str, Any]) -> None:
        """Send a notification if the release has it and the client wants it."""

    def ask(self, method: str, params: dict[str, Any]) -> Question:
        """Send a request and return what waits for the client's answer."""

    def post(self, action: Callable[[], object]) -> None:
        """Do something in the thread of this connection."""

    def start(self, task: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Run a task until it ends or the connection does."""

    async def wait(self, seconds: float) -> None:
        """Sleep, but not longer than the client is there."""

    async def gone(self) -> None:
        """Wait until the client is gone."""


class Question:
    """A request of the server: its id, and the client's answer when there is one."""

    def __init__(self, number: int) -> None:
        self.number = number
        self._settled = anyio.Event()
        self._answer: dict[str, Any] = {}

    def settle(self, answer: dict[str, Any]) -> None:
        """Take the client's message; an empty one stands for a client that left."""
        self._answer = answer
        self._settled.set()

    async def answer(self) -> dict[str, Any]:
        """Wait for the client's message."""
        await self._settled.wait()
        return self._answer
