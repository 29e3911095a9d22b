"""This process's standard input and output as a transport, for playing a server on them."""

from __future__ import annotations

import math
import os
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

import anyio
import anyio.to_thread
from anyio.from_thread import BlockingPortal

from codexwire.runtime.transport.base import PostMortem, TransportFailure
from codexwire.runtime.transport.lines import LineSplitter

__all__ = ["OwnStdio", "own_stdio"]

_CHUNK = 1 << 16
_STDIN, _STDOUT = 0, 1


@asynccontextmanager
async def own_stdio() -> AsyncIterator[OwnStdio]:
    """Speak over standard input and output for the time of the block.

    An exception of the block comes out as it is, not as part of a group.
    """
    problem: Exception | None = None
    async with BlockingPortal() as portal:
        stdio = OwnStdio(portal)
        # A daemon: the process can end although nobody ends the read.
        threading.Thread(target=stdio.pump, daemon=True).start()
        try:
            yield stdio
        except Exception as error:
            problem = error
    if problem is not None:
        raise problem


class OwnStdio:
    """The transport: lines of standard input come in, lines go to standard output."""

    def __init__(self, portal: BlockingPortal) -> None:
        self._portal = portal
        self._feed, self._chunks = anyio.create_memory_object_stream[bytes](math.inf)
        self._lines = LineSplitter()

    def pump(self) -> None:
        """Hand over what standard input yields, until its end or that of the loop."""
        with suppress(RuntimeError):
            with suppress(OSError):
                while chunk := os.read(_STDIN, _CHUNK):
                    self._portal.call(self._feed.send_nowait, chunk)
            self._portal.call(self._feed.close)

    async def send(self, message: bytes) -> None:
        """Write one line."""
        await self.send_part(message + b"\n")

    async def send_part(self, part: bytes) -> None:
        """Write bytes as they are."""
        try:
            await anyio.to_thread.run_sync(_write, part)
        except OSError:
            raise TransportFailure("it closed our standard output") from None

    async def receive(self) -> Sequence[bytes]:
        """Return the lines of the next chunk that completes any."""
        while True:
            try:
                lines = self._lines.feed(await self._chunks.receive())
            except anyio.EndOfStream:
                if last := self._lines.end():
                    return last
                raise TransportFailure("it closed our standard input") from None
            if lines:
                return lines

    async def post_mortem(self) -> PostMortem:
        """Return nothing: the client is another's process."""
        return PostMortem()


def _write(data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(_STDOUT, rest) :]
