"""A mock as a process: on standard input and output, or on a websocket."""

from __future__ import annotations

import math
import os
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress

import anyio
import anyio.to_thread
from anyio.from_thread import BlockingPortal

from codexwire.proxy.listen import listening
from codexwire.proxy.mock.server import MockServer
from codexwire.proxy.mock.session import Session
from codexwire.runtime.transport.base import Transport, TransportFailure
from codexwire.runtime.transport.lines import LineSplitter

__all__ = ["serve", "serve_stdio", "serve_websocket"]

_CHUNK = 64 * 1024


def serve(server: MockServer, url: str | None, announce: Callable[[str], None]) -> None:
    """Serve on `ws://HOST:PORT`, or without a URL on standard input and output, until the end."""
    if url is None:
        anyio.run(serve_stdio, server)
    else:
        anyio.run(serve_websocket, server, url, announce)


async def serve_stdio(server: MockServer) -> None:
    """Serve one client on standard input and output until its end.

    A fault that ends the server ends this process.
    """
    async with BlockingPortal() as portal:
        link = _Stdio(sys.stdout.fileno())
        # A daemon: nothing waits for a read that nobody ends.
        reader = threading.Thread(target=link.pump, args=(sys.stdin.fileno(), portal), daemon=True)
        reader.start()
        await Session(server).serve(link)


async def serve_websocket(server: MockServer, url: str, announce: Callable[[str], None]) -> None:
    """Serve clients on `ws://HOST:PORT` until cancelled; `announce` gets the address with its port."""

    async def accepted(transport: Transport) -> None:
        await Session(server).serve(_WebSocket(transport))

    async with listening(url, accepted) as address:
        announce(address)
        await anyio.sleep_forever()


class _Stdio:
    """Standard input, which a thread pumps, and standard output."""

    def __init__(self, sink: int) -> None:
        self._sink = sink
        self._feed, self._chunks = anyio.create_memory_object_stream[bytes](math.inf)
        self._lines = LineSplitter()

    def pump(self, source: int, portal: BlockingPortal) -> None:
        """Hand over what a file descriptor yields, until its end or that of the loop."""
        with suppress(RuntimeError, OSError):
            while chunk := os.read(source, _CHUNK):
                portal.call(self._feed.send_nowait, chunk)
            portal.call(self._feed.close)

    async def receive(self) -> Sequence[bytes]:
        """Return the lines of the next chunk that completes any."""
        while True:
            try:
                lines = self._lines.feed(await self._chunks.receive())
            except anyio.EndOfStream:
                if last := self._lines.end():
                    return last
                raise TransportFailure("standard input ended") from None
            if lines:
                return lines

    async def send(self, message: bytes) -> None:
        """Write one line."""
        await self.send_part(message + b"\n")

    async def send_part(self, part: bytes) -> None:
        """Write bytes."""
        try:
            await anyio.to_thread.run_sync(self._write, part)
        except OSError:
            raise TransportFailure("standard output is closed") from None

    def _write(self, part: bytes) -> None:
        rest = memoryview(part)
        while rest:
            rest = rest[os.write(self._sink, rest) :]

    async def stderr(self, text: str) -> None:
        """Write a line to standard error."""
        print(text, file=sys.stderr, flush=True)

    async def leave(self, code: int | None) -> None:
        """End the process; without a code, the end of the session is that of the process, too."""
        if code is not None:
            os._exit(code)


class _WebSocket:
    """One connection of a websocket."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self.receive = transport.receive
        self.send = transport.send
        self.send_part = transport.send  # a frame has an end in any case

    async def stderr(self, text: str) -> None:
        """Write a line to standard error."""
        print(text, file=sys.stderr, flush=True)

    async def leave(self, code: int | None) -> None:
        """End the process; that the connection ends, the session sees to."""
        if code is not None:
            os._exit(code)
