"""A server as a child process that listens on a websocket and prints its address."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import anyio

from codexwire.runtime.errors import LaunchError
from codexwire.runtime.transport.base import (
    PostMortem,
    Transport,
    TransportFailure,
    background_tasks,
)
from codexwire.runtime.transport.stdio import open_stdio
from codexwire.runtime.transport.websocket import open_websocket

__all__ = ["open_served_websocket"]

_SCHEMES = (b"ws://", b"wss://")
_GRACE = 0.1
"""Such a server does not leave when its standard input is closed."""


@asynccontextmanager
async def open_served_websocket(
    command: Sequence[str],
    *,
    cwd: str | Path | None = None,
    env: Mapping[str, str] | None = None,
    open_timeout: float = 30.0,
) -> AsyncIterator[Transport]:
    """Run `command`, wait for the line of its output that is a `ws://` address, and connect to it.

    Arguments as `open_stdio`. LaunchError when it cannot be started, or says no address within
    `open_timeout` seconds.
    """
    async with open_stdio(command, cwd=cwd, env=env, grace=_GRACE) as printed:
        try:
            with anyio.fail_after(open_timeout):
                url = await _announced(printed)
        except TransportFailure:
            tail = (await printed.post_mortem()).stderr_tail.strip()
            raise LaunchError("the server ended and said no address", hint=tail[-600:]) from None
        except TimeoutError:
            raise LaunchError(f"the server said no address within {open_timeout:g} s") from None
        async with background_tasks(lambda: _swallow(printed)), open_websocket(url) as socket:
            yield _Served(socket, printed)


class _Served:
    """The websocket, with the post-mortem of the process behind it."""

    def __init__(self, socket: Transport, process: Transport) -> None:
        self.send = socket.send
        self.receive = socket.receive
        self._process = process

    async def post_mortem(self) -> PostMortem:
        """Return how the process ended."""
        return await self._process.post_mortem()


async def _announced(printed: Transport) -> str:
    while True:
        for line in await printed.receive():
            if line.startswith(_SCHEMES):
                return line.decode()


async def _swallow(printed: Transport) -> None:
    """Read on: a full pipe would stop the server."""
    try:
        while True:
            await printed.receive()
    except TransportFailure:
        pass  # the websocket notices too, and says so
