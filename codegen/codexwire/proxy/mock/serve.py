"""A mock as a process: on standard input and output, or on a websocket."""

from __future__ import annotations

import os
import sys
from collections.abc import Awaitable, Callable

import anyio

from codexwire.proxy.address import Address
from codexwire.proxy.listen import Say, listening
from codexwire.proxy.mock.server import MockServer
from codexwire.proxy.mock.session import MockSession
from codexwire.proxy.own_stdio import own_stdio
from codexwire.runtime.transport.base import Transport

__all__ = ["serve", "serve_stdio", "serve_websocket"]


def serve(server: MockServer, address: Address | None, announce: Say, complain: Say) -> None:
    """Serve at an address, or without one on standard input and output, until the end."""
    if address is None:
        anyio.run(serve_stdio, server)
    else:
        anyio.run(serve_websocket, server, address, announce, complain)


async def serve_stdio(server: MockServer) -> None:
    """Serve one client on standard input and output until its end.

    A fault that ends the server ends this process.
    """
    async with own_stdio() as stdio:
        await MockSession(server).serve(_Link(stdio, stdio.send_part))


async def serve_websocket(
    server: MockServer, address: Address, announce: Say, complain: Say
) -> None:
    """Serve clients at an address until cancelled; `announce` gets it with its port.

    A connection that is refused, or fails, ends alone, and `complain` is told.
    """

    async def accepted(transport: Transport) -> None:
        await MockSession(server).serve(_Link(transport, transport.send))

    # As the real server does, which drops binary frames.
    async with listening(address, accepted, complain, binary=False) as here:
        announce(str(here))
        await anyio.sleep_forever()


class _Link:
    """The way to a client of this process."""

    def __init__(self, transport: Transport, send_part: Callable[[bytes], Awaitable[None]]) -> None:
        self.receive = transport.receive
        self.send = transport.send
        self._send_part = send_part

    async def send_part(self, part: bytes) -> None:
        """Write bytes; a frame is whole in any case."""
        await self._send_part(part)

    async def stderr(self, text: str) -> None:
        """Write a line to standard error."""
        print(text, file=sys.stderr, flush=True)

    async def leave(self, code: int | None) -> None:
        """End the process; that the connection ends, the session sees to."""
        if code is not None:
            os._exit(code)
