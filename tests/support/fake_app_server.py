"""An app-server of a few lines, in memory, for tests of clients."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import anyio

from codexwire.runtime.client import AsyncClient
from codexwire.runtime.client.connection import open_connection
from codexwire.runtime.transport import MemoryServer, Transport, memory_pair, open_memory
from codexwire.runtime.transport.base import TransportFailure, background_tasks

__all__ = ["FakeServer", "connected", "play_turn", "quiet", "turns"]


class FakeServer:
    """An app-server of a few lines: it shakes hands and plays what the test scripts."""

    def __init__(self, version: str = "0.163.0") -> None:
        self.version = version
        self.seen: list[Any] = []
        self.ends: list[MemoryServer] = []
        self.answers: dict[str, Callable[[MemoryServer, Any], Awaitable[None]]] = {
            "initialize": self._initialize,
            "thread/start": self._start,
        }

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Transport]:
        transport, server = memory_pair()
        async with open_memory(transport), background_tasks(lambda: self._serve(server)):
            yield transport

    def methods(self) -> list[str]:
        return [message.get("method", "answer") for message in self.seen]

    async def _serve(self, server: MemoryServer) -> None:
        self.ends.append(server)
        async with anyio.create_task_group() as tasks:
            with suppress(TransportFailure):
                while True:
                    message = await server.receive()
                    self.seen.append(message)
                    answer = self.answers.get(message.get("method"))
                    if answer is not None:
                        tasks.start_soon(answer, server, message)

    async def _initialize(self, server: MemoryServer, message: Any) -> None:
        await server.answer(message, {"userAgent": f"demo/{self.version} (Linux) xterm (demo; 1)"})

    async def _start(self, server: MemoryServer, message: Any) -> None:
        await server.answer(message, {"thread": {"id": "t"}})


async def play_turn(
    server: MemoryServer,
    thread: str,
    turn: str,
    text: str = "",
    status: str = "completed",
    error: Any = None,
) -> None:
    """Send the notifications of a v2 turn with one message."""
    at = {"threadId": thread, "turnId": turn}
    await server.notify("turn/started", {"threadId": thread, "turn": {"id": turn}})
    for piece in text.split():
        await server.notify("item/agentMessage/delta", {**at, "itemId": "m", "delta": piece})
    if text:
        item = {"type": "agentMessage", "id": "m", "text": text}
        await server.notify("item/completed", {**at, "item": item})
    end = {"id": turn, "status": status, "error": error, "items": []}
    await server.notify("turn/completed", {"threadId": thread, "turn": end})


def turns(**options: Any) -> Callable[[MemoryServer, Any], Awaitable[None]]:
    """A `turn/start` that answers and plays the turn; ids count per thread, as up to 0.99.0."""
    counts: dict[str, int] = {}

    async def answer(server: MemoryServer, message: Any) -> None:
        thread = message["params"]["threadId"]
        turn = str(counts.setdefault(thread, 0))
        counts[thread] += 1
        if options.get("early"):
            await play_turn(server, thread, turn, options.get("text", "hi there"))
            await server.answer(message, {"turn": {"id": turn}})
            return
        await server.answer(message, {"turn": {"id": turn}})
        if wait := options.get("wait"):
            await wait(message)
        await play_turn(
            server,
            thread,
            turn,
            options.get("text", "hi there"),
            options.get("status", "completed"),
            options.get("error"),
        )

    return answer


def quiet(client: AsyncClient) -> bool:
    """Whether nothing is left of any request or turn."""
    return not any(client.connection.router.leftovers().values())


@asynccontextmanager
async def connected() -> AsyncIterator[tuple[Any, MemoryServer]]:
    """A connection without a handshake, and the server's end of it."""
    transport, server = memory_pair()
    async with open_connection(lambda: open_memory(transport)) as connection:
        yield connection, server
        await server.aclose()
