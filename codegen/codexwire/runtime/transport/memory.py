"""A pair in memory: the client's transport and the server's end, for tests and embedded servers."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Any

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

from codexwire.runtime.transport.base import PostMortem, Transport, TransportFailure

__all__ = ["MemoryServer", "memory_pair", "open_memory"]

_BUFFER = 1024


class _Memory:
    """One end of the pair."""

    def __init__(
        self,
        outgoing: MemoryObjectSendStream[bytes],
        incoming: MemoryObjectReceiveStream[bytes],
        epitaph: PostMortem,
    ) -> None:
        self._outgoing = outgoing
        self._incoming = incoming
        self._epitaph = epitaph

    async def send(self, message: bytes) -> None:
        """Hand one message to the other end."""
        try:
            await self._outgoing.send(message)
        except (anyio.BrokenResourceError, anyio.ClosedResourceError):
            raise TransportFailure("the other end is closed") from None

    async def receive(self) -> Sequence[bytes]:
        """Return the messages that wait, at least one."""
        try:
            messages = [await self._incoming.receive()]
        except (anyio.EndOfStream, anyio.ClosedResourceError):
            raise TransportFailure("the other end is closed") from None
        with suppress(anyio.WouldBlock, anyio.EndOfStream):
            while True:
                messages.append(self._incoming.receive_nowait())
        return messages

    async def post_mortem(self) -> PostMortem:
        """Return what the pair was made with."""
        return self._epitaph

    async def aclose(self) -> None:
        """Close this end."""
        await self._outgoing.aclose()
        await self._incoming.aclose()


class MemoryServer:
    """The server's end of a pair: receives and sends decoded messages."""

    def __init__(self, end: _Memory) -> None:
        self._end = end
        self._waiting: list[bytes] = []

    async def receive(self) -> Any:
        """Return the client's next message, decoded; TransportFailure after its end."""
        if not self._waiting:
            self._waiting.extend(await self._end.receive())
        return json.loads(self._waiting.pop(0))

    async def send(self, message: Any) -> None:
        """Send one message; bytes go out as they are, anything else as JSON."""
        text = message if isinstance(message, bytes) else json.dumps(message).encode()
        await self._end.send(text)

    async def answer(self, request: Any, result: Any) -> None:
        """Answer a request with a result."""
        await self.send({"id": request["id"], "result": result})

    async def refuse(self, request: Any, code: int, message: str, data: Any = None) -> None:
        """Answer a request with an error."""
        error = {"code": code, "message": message} | ({} if data is None else {"data": data})
        await self.send({"error": error, "id": request["id"]})

    async def notify(self, method: str, params: Any) -> None:
        """Send a notification."""
        await self.send({"method": method, "params": params})

    async def aclose(self) -> None:
        """Go away."""
        await self._end.aclose()


def memory_pair(
    *, buffer: int = _BUFFER, post_mortem: PostMortem | None = None
) -> tuple[Transport, MemoryServer]:
    """Return a client's transport and the server's end; each way holds `buffer` messages."""
    to_server, from_client = anyio.create_memory_object_stream[bytes](buffer)
    to_client, from_server = anyio.create_memory_object_stream[bytes](buffer)
    epitaph = post_mortem or PostMortem()
    client = _Memory(to_server, from_server, epitaph)
    return client, MemoryServer(_Memory(to_client, from_client, epitaph))


def open_memory(transport: Transport) -> AbstractAsyncContextManager[Transport]:
    """Return a context that yields `transport` and closes it at the end."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[Transport]:
        try:
            yield transport
        finally:
            if isinstance(transport, _Memory):
                await transport.aclose()

    return opened()
