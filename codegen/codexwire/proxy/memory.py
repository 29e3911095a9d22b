"""Runs a server beside its client in one process, with bytes going between them in memory."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

from codexwire.runtime.transport.base import (
    PostMortem,
    Transport,
    TransportFailure,
    TransportOpener,
    background_tasks,
)
from codexwire.runtime.transport.lines import LineSplitter

__all__ = ["ServerEnd", "open_beside"]

_GOODBYE = 30.0


def open_beside(serve: Callable[[ServerEnd], Awaitable[None]]) -> TransportOpener:
    """Return what a client opens to speak with `serve`, which runs anew for every opening.

    What the client gets is bytes in lines, as of a process: a line that is cut, an end with an exit
    code and words on standard error look the same. A client that leaves waits for `serve` to end, for
    at most half a minute.
    """

    @asynccontextmanager
    async def opened() -> AsyncIterator[Transport]:
        to_server, from_client = anyio.create_memory_object_stream[bytes](math.inf)
        to_client, from_server = anyio.create_memory_object_stream[bytes](math.inf)
        end = ServerEnd(from_client, to_client)
        over = anyio.Event()

        async def run() -> None:
            try:
                await serve(end)
            finally:
                to_client.close()
                from_client.close()
                over.set()

        async with background_tasks(run):
            try:
                yield _ClientEnd(to_server, from_server, end)
            finally:
                to_server.close()
                from_server.close()
                with anyio.move_on_after(_GOODBYE, shield=True):
                    await over.wait()

    return opened


class ServerEnd:
    """The server's end: a transport that can also do what only a process can."""

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
        """Return the client's next message."""
        try:
            return [await self._incoming.receive()]
        except (anyio.EndOfStream, anyio.ClosedResourceError):
            raise TransportFailure("the client is gone") from None

    async def send(self, message: bytes) -> None:
        """Send one line."""
        await self.send_part(message + b"\n")

    async def send_part(self, part: bytes) -> None:
        """Send bytes."""
        try:
            await self._outgoing.send(part)
        except (anyio.BrokenResourceError, anyio.ClosedResourceError):
            raise TransportFailure("the client is gone") from None

    async def stderr(self, text: str) -> None:
        """Say something that the client finds in the post-mortem."""
        self.said += text + "\n"

    async def leave(self, code: int | None) -> None:
        """End, with an exit code if there is to be one."""
        self.returncode = code
        self._outgoing.close()

    async def post_mortem(self) -> PostMortem:
        """Return nothing: a client is not asked how it ended."""
        return PostMortem()


class _ClientEnd:
    """The client's transport: lines out of what the mock wrote."""

    def __init__(
        self,
        outgoing: MemoryObjectSendStream[bytes],
        incoming: MemoryObjectReceiveStream[bytes],
        server: ServerEnd,
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
