"""A websocket proxy that passes bytes, not messages: handshake, frames, pings and closes as they came.

Only the first request's line and its `Host` are made to fit the server, as it would get them without
the proxy in between.
"""

from __future__ import annotations

import signal
import sys
from contextlib import suppress

import anyio
from anyio.abc import ByteStream, SocketStream
from anyio.streams.tls import TLSStream

from codexwire.direction import Side
from codexwire.proxy.address import Address
from codexwire.proxy.admittance import refusal
from codexwire.proxy.listen import Say, listener_at, serve_each
from codexwire.proxy.record import Recording, Tap
from codexwire.proxy.websocket_messages import websocket_messages

__all__ = ["run_websocket_proxy"]

_CHUNK = 1 << 16
_LONGEST_HEAD = 1 << 16
_BLANK = b"\r\n\r\n"
_FORBIDDEN = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_LOST = (anyio.BrokenResourceError, anyio.ClosedResourceError, anyio.EndOfStream, OSError)


async def _until_interrupted(scope: anyio.CancelScope) -> None:
    """Cancel `scope` at the first signal that asks this process to end."""
    with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        async for _ in signals:
            scope.cancel()


def run_websocket_proxy(here: Address, there: Address, recording: Recording, say: Say) -> None:
    """Pass connections on until interrupted; `say` is told where it listens, and what went wrong."""
    anyio.run(_serve, here, there, recording, say)


async def _serve(here: Address, there: Address, recording: Recording, say: Say) -> None:
    async def serve(client: SocketStream, number: int, complain: Say) -> None:
        try:
            opening = await _opening(client)
            refused = refusal(_headers(opening), at)
            if refused is not None:
                complain(f"refused: {refused}")
                await client.send(_FORBIDDEN)
                return
        except _LOST:
            return
        try:
            server = await _connect(there)
        except OSError as problem:
            complain(f"no server at {there}: {problem.strerror or problem}")
            return
        async with server:
            await _Relay(client, server, there, recording, number, complain).run(opening)

    async with listener_at(here) as (listener, at), anyio.create_task_group() as tasks:
        say(f"listening at {at}")
        if sys.platform != "win32":  # there an interrupt is an exception, and as good
            tasks.start_soon(_until_interrupted, tasks.cancel_scope)
        await serve_each(listener, serve, say)


async def _opening(client: ByteStream) -> bytes:
    """Read on until the HTTP head is complete."""
    head = b""
    while _BLANK not in head and len(head) < _LONGEST_HEAD:
        head += await client.receive(_CHUNK)
    return head


def _headers(opening: bytes) -> list[tuple[str, str]]:
    """Return names and values of the headers of an HTTP request; none of one that has no end."""
    head, blank, _ = opening.partition(_BLANK)
    lines = head.decode("latin-1").split("\r\n")[1:] if blank else []
    return [(name, value) for name, _, value in (line.partition(":") for line in lines)]


async def _connect(address: Address) -> ByteStream:
    if address.path:
        return await anyio.connect_unix(address.path)
    if address.secure:
        return await anyio.connect_tcp(
            address.host, address.port, tls=True, tls_standard_compatible=False
        )
    return await anyio.connect_tcp(address.host, address.port)


class _Relay:
    """One connection: two streams, each forwarded to the other."""

    def __init__(
        self,
        client: ByteStream,
        server: ByteStream,
        address: Address,
        recording: Recording,
        number: int,
        complain: Say,
    ) -> None:
        self._client, self._server, self._address = client, server, address
        self._messages = websocket_messages(complain)
        self._tap = Tap(recording, self._messages.__getitem__, number)
        self._ended: Side | None = None

    async def run(self, opening: bytes) -> None:
        """Forward until both sides have ended, or one is gone; `opening` came from the client."""
        try:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self._forward, Side.SERVER, self._server, self._client)
                await self._forward(Side.CLIENT, self._client, self._server, opening)
        finally:
            side = self._ended or Side.SERVER
            codes = [self._messages[s].close_code for s in (side, side.other)]
            self._tap.closed(side, next((code for code in codes if code is not None), None))

    async def _forward(
        self, side: Side, source: ByteStream, target: ByteStream, first: bytes = b""
    ) -> None:
        with suppress(*_LOST):
            while True:
                chunk = first or await source.receive(_CHUNK)
                self._tap.note(side, chunk)
                await target.send(_fitted(chunk, self._address) if first else chunk)
                self._tap.settle()
                if self._ended is None and self._messages[side].close_code is not None:
                    self._ended = side
                first = b""
        self._ended = self._ended or side
        with suppress(*_LOST):
            await _end(target)


async def _end(stream: ByteStream) -> None:
    """Tell a side that the other says no more; one that is reached by TLS is let go, as it cannot be told."""
    if isinstance(stream, TLSStream):
        await stream.aclose()
    else:
        await stream.send_eof()


def _fitted(opening: bytes, address: Address) -> bytes:
    """Return the opening request with the target and the host of the server."""
    head, blank, rest = opening.partition(_BLANK)
    request, *headers = head.split(b"\r\n")
    words = request.split(b" ")
    if len(words) == 3 and address.target != "/":
        words[1] = address.target.encode()
    host = b"Host: " + address.authority.encode()
    fitted = [host if h.lower().startswith(b"host:") else h for h in headers]
    return b"\r\n".join([b" ".join(words), *fitted]) + blank + rest
