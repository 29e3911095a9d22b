"""Transports that break off after so many messages, and clients that connect again."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import anyio
from fake_app_server import FakeServer, quiet

from codexwire.runtime.client import AsyncClient, ClientOptions, RetryPolicy
from codexwire.runtime.errors import NoServerError
from codexwire.runtime.transport import Transport
from codexwire.runtime.transport.base import TransportFailure, TransportOpener

__all__ = ["AT_ONCE", "Cutting", "Line", "on_line"]

AT_ONCE = RetryPolicy(retries=3, first=0)


class Cutting:
    """Opens transports of which the n-th breaks after as many messages as the n-th number says.

    Those without a number stay whole, until `cut`. `opened` and `left` count them.
    """

    def __init__(self, opener: TransportOpener, *after: int) -> None:
        self._opener = opener
        self._after = after
        self.opened = self.left = 0
        self._current: _Breaking | None = None

    def cut(self) -> None:
        """Break the transport that was opened last."""
        if self._current is not None:
            self._current.cut()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Transport]:
        after = dict(enumerate(self._after)).get(self.opened)
        self.opened += 1
        try:
            async with self._opener() as transport:
                self._current = _Breaking(transport, after)
                yield self._current
        finally:
            self.left += 1


class _Breaking:
    def __init__(self, transport: Transport, after: int | None) -> None:
        self._transport = transport
        self._left = sys.maxsize if after is None else after
        self._waiting = anyio.CancelScope()
        self.send = transport.send
        self.post_mortem = transport.post_mortem

    async def receive(self) -> Sequence[bytes]:
        received: Sequence[bytes] = ()
        with self._waiting:
            if self._left:
                received = (await self._transport.receive())[: self._left]
        self._waiting = anyio.CancelScope()
        if not received:
            raise TransportFailure("the line was cut")
        self._left -= len(received)
        return received

    def cut(self) -> None:
        self._left = 0
        self._waiting.cancel()


class Line(Cutting):
    """Opens transports to a server, until there is none."""

    there = True

    def __init__(self, server: FakeServer) -> None:
        super().__init__(self._open_it)
        self._server = server

    @asynccontextmanager
    async def _open_it(self) -> AsyncIterator[Transport]:
        if not self.there:
            raise NoServerError("nobody listens")
        async with self._server.open() as transport:
            yield transport

    async def break_off(self) -> None:
        """Break the transport, and wait until that is noticed."""
        self.cut()
        await anyio.wait_all_tasks_blocked()


@asynccontextmanager
async def on_line(server: FakeServer, reconnect: Any = AT_ONCE) -> AsyncIterator[Any]:
    """The line to a server, and a client that connects again; all that was opened is left at the end."""
    line = Line(server)
    with anyio.fail_after(10):
        async with AsyncClient(line.open, ClientOptions(reconnect=reconnect)) as client:
            yield line, client
    assert line.left == line.opened
    assert quiet(client)
