"""A server as a child process that listens on a websocket and prints its address."""

from __future__ import annotations

import re
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
from codexwire.runtime.transport.stderr import Tell
from codexwire.runtime.transport.stdio import open_stdio
from codexwire.runtime.transport.websocket import open_websocket

__all__ = ["open_served_websocket"]

_ADDRESS = re.compile(r"\s*(?:listening on:?\s+)?(wss?://\S+)\s*")
_GRACE = 0.1
"""Such a server does not leave when its standard input is closed."""


@asynccontextmanager
async def open_served_websocket(
    command: Sequence[str],
    *,
    cwd: str | Path | None = None,
    env: Mapping[str, str] | None = None,
    open_timeout: float = 30.0,
    stderr: Tell | None = None,
) -> AsyncIterator[Transport]:
    """Run `command`, wait for the line of its output that is a `ws://` address, and connect to it.

    The line may come on standard output or on standard error, and may begin with `listening on`.
    Arguments as `open_stdio`. LaunchError when it cannot be started, or says no address within
    `open_timeout` seconds.
    """
    announced = _Announced(stderr)
    async with (
        open_stdio(command, cwd=cwd, env=env, grace=_GRACE, stderr=announced.on_stderr) as printed,
        background_tasks(lambda: announced.read(printed)),
    ):
        try:
            with anyio.fail_after(open_timeout):
                url = await announced.url()
        except TransportFailure:
            tail = (await printed.post_mortem()).stderr_tail.strip()
            raise LaunchError("the server ended and said no address", hint=tail[-600:]) from None
        except TimeoutError:
            raise LaunchError(f"the server said no address within {open_timeout:g} s") from None
        async with open_websocket(url) as socket:
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


class _Announced:
    """Looks for the address in what a server prints, and reads on: a full pipe would stop the server."""

    def __init__(self, stderr: Tell | None) -> None:
        self._stderr = stderr
        self._known = anyio.Event()
        self._url: str | None = None

    async def url(self) -> str:
        """Return the address as soon as the server prints it; TransportFailure when it ended before."""
        await self._known.wait()
        if self._url is None:
            raise TransportFailure("the server ended")
        return self._url

    async def read(self, printed: Transport) -> None:
        """Read standard output to its end."""
        try:
            while True:
                for line in await printed.receive():
                    self._look(line.decode("utf-8", "replace"))
        except TransportFailure:
            self._known.set()  # the websocket notices too, and says so

    def on_stderr(self, line: str) -> None:
        """Look at a line of standard error, and pass it on."""
        self._look(line)
        if self._stderr is not None:
            self._stderr(line)

    def _look(self, line: str) -> None:
        found = None if self._url else _ADDRESS.fullmatch(line)
        if found is not None:
            self._url = found[1]
            self._known.set()
