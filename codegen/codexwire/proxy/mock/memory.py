"""A mock without a process: clients connect to it in memory."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

from codexwire.proxy.mock.server import MockServer
from codexwire.proxy.mock.session import Session
from codexwire.runtime.transport.base import (
    PostMortem,
    Transport,
    TransportFailure,
    TransportOpener,
    background_tasks,
)
from codexwire.runtime.transport.lines import LineSplitter

__all__ = ["open_mock"]


def open_mock(server: MockServer) -> TransportOpener:
    """Return what a client opens to speak with a mock in memory; each opening is a connection.

    What the client gets is bytes in lines, as of a process: a fault that cuts a line, ends the server or
    writes to standard error looks the same.
    """

    def opened() -> AbstractAsyncContextManager[Transport]:
        return _connection(server)

    return opened


@asynccontextmanager
async def _connection(server: MockServer) -> AsyncIterator[Transport]:
    to_server, from_client = anyio.create_memory_object_stream[bytes](math.inf)
    to_client, from_server = anyio.create_memory_object_stream[bytes](math.inf)
    end = _ServerEnd(from_client, to_client)
    client = _ClientEnd(to_server, from_server, end)

    async def serve() -> None:
        try:
            await Session(server).serve(end)
        finally:
            to_client.close()
            from_client.close()

    async with background_tasks(serve):
        try:
            yield client
        finally:
            to_server.close()
            from_server.close()


class _ServerEnd:
    def __init__(
        self,
        incoming: MemoryObjectReceiveStream[bytes],
        outgoing: MemoryObjectSendStream[bytes],
    ) -> None:
        self._incoming = incoming
        self._outgoing = outgoing
        self.returncode: int | None = None
        self.said = ""

    async def receive(self) -> Sequence[bytes]:
        try:
            return [await self._incoming.receive()]
        except (anyio.EndOfStream, anyio.ClosedResourceError):
            raise TransportFailure("the client is gone") from None

    async def send(self, message: bytes) -> None:
        await self.send_part(message + b"\n")

    async def send_part(self, part: bytes) -> None:
        try:
            await self._outgoing.send(part)
        except (anyio.BrokenResourceError, anyio.ClosedResourceError):
            raise TransportFailure("the client is gone") from None

    async def stderr(self, text: str) -> None:
        self.said += text + "\n"

    async def leave(self, code: int | None) -> None:
        self.returncode = code
        self._outgoing.close()


class _ClientEnd:
    """The client's transport: lines out of what the mock wrote."""

    def __init__(
        self,
        outgoing: MemoryObjectSendStream[bytes],
        incoming: MemoryObjectReceiveStream[bytes],
        server: _ServerEnd,
    ) -> None:
        self._outgoing = outgoing
        self._incoming = incoming
        self._server = server
        self._lines = LineSplitter()

    async def send(self, message: bytes) -> None:
        try:
            await self._outgoing.send(message)
        except (anyio.BrokenResourceError, anyio.ClosedResourceError):
            raise TransportFailure("the server closed its standard input") from None

    async def receive(self) -> Sequence[bytes]:
        while True:
            try:
                lines = self._lines.feed(await self._incoming.receive())
            except (anyio.EndOfStream, anyio.ClosedResourceError):
                if last := self._lines.end():
                    return last
                raise TransportFailure("the server closed its standard output") from None
            with suppress(anyio.WouldBlock, anyio.EndOfStream):
                while True:
                    lines += self._lines.feed(self._incoming.receive_nowait())
            if lines:
                return lines

    async def post_mortem(self) -> PostMortem:
        return PostMortem(self._server.returncode, self._server.said)
