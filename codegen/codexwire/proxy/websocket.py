"""A websocket proxy that passes bytes, not messages: handshake, frames, pings and closes as they came.

Only the first request's line and its `Host` are made to fit the server, as it would get them without
the proxy in between.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import anyio
from anyio.abc import ByteStream, Listener, SocketStream

from codexwire.direction import Side
from codexwire.errors import UsageError
from codexwire.proxy.record import Recording, Tap
from codexwire.proxy.websocket_messages import websocket_messages

__all__ = ["Address", "run_websocket_proxy"]

_CHUNK = 1 << 16
_LONGEST_HEAD = 1 << 16
_LOST = (anyio.BrokenResourceError, anyio.ClosedResourceError, anyio.EndOfStream, OSError)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a websocket server is: a host and port, with TLS or without, or a unix socket."""

    host: str = ""
    port: int = 0
    target: str = "/"
    secure: bool = False
    path: str = ""

    @classmethod
    def parse(cls, text: str) -> Address:
        """Return the address that `ws://HOST:PORT/…`, `wss://…` or `unix://PATH` is; UsageError."""
        try:
            url = urlsplit(text)
            if url.scheme == "unix" and text.removeprefix("unix://"):
                return cls(path=text.removeprefix("unix://"))
            secure = url.scheme == "wss"
            if url.scheme in ("ws", "wss") and url.hostname:
                target = (url.path or "/") + (f"?{url.query}" if url.query else "")
                port = url.port if url.port is not None else (443 if secure else 80)
                return cls(url.hostname, port, target, secure)
        except ValueError:
            pass
        raise UsageError(f"not an address: {text!r}", hint="ws://HOST:PORT or unix://PATH")

    @property
    def authority(self) -> str:
        """What the `Host` header says."""
        if self.path:
            return "localhost"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.secure else 80) else f"{host}:{self.port}"

    def __str__(self) -> str:
        if self.path:
            return f"unix://{self.path}"
        return f"ws{'s' if self.secure else ''}://{self.authority}"


async def _listen(address: Address) -> tuple[Listener[SocketStream], Address]:
    """Listen at an address; return the listener and the address with its real port; UsageError."""
    if address.secure:
        raise UsageError("a wss:// address cannot be listened at", hint="listen at ws://")
    try:
        if address.path:
            return await anyio.create_unix_listener(address.path), address
        listener = await anyio.create_tcp_listener(local_host=address.host, local_port=address.port)
    except OSError as problem:
        reason = problem.strerror or problem
        raise UsageError(f"cannot listen at {address}: {reason}") from None
    port = listener.extra(anyio.abc.SocketAttribute.local_port)
    return listener, Address(address.host, port, address.target)


async def _until_interrupted(scope: anyio.CancelScope) -> None:
    """Cancel `scope` at the first signal that asks this process to end."""
    with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        async for _ in signals:
            scope.cancel()


def run_websocket_proxy(
    listen_at: str, connect_to: str, recording: Recording, say: Callable[[str], None]
) -> None:
    """Pass connections on until interrupted; `say` is told where it listens, and what went wrong."""
    here, there = Address.parse(listen_at), Address.parse(connect_to)
    anyio.run(_serve, here, there, recording, say)


async def _serve(
    here: Address, there: Address, recording: Recording, say: Callable[[str], None]
) -> None:
    listener, address = await _listen(here)
    numbers = count(1)

    async def serve(client: SocketStream) -> None:
        number = next(numbers)

        def complain(problem: str) -> None:
            say(f"connection {number}: {problem}")

        async with client:
            try:
                server = await _connect(there)
            except OSError as problem:
                complain(f"no server at {there}: {problem.strerror or problem}")
                return
            async with server:
                await _Relay(client, server, there, recording, number, complain).run()

    say(f"listening at {address}")
    try:
        async with listener, anyio.create_task_group() as tasks:
            if sys.platform != "win32":  # there an interrupt is an exception, and as good
                tasks.start_soon(_until_interrupted, tasks.cancel_scope)
            await listener.serve(serve)
    finally:
        if address.path:
            Path(address.path).unlink(missing_ok=True)


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
        complain: Callable[[str], None],
    ) -> None:
        self._client, self._server, self._address = client, server, address
        self._messages = websocket_messages(complain)
        self._tap = Tap(recording, self._messages.__getitem__, number)
        self._ended: Side | None = None

    async def run(self) -> None:
        """Forward until both sides have ended, or one is gone."""
        try:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self._forward, Side.SERVER, self._server, self._client)
                await self._forward(Side.CLIENT, self._client, self._server)
        finally:
            side = self._ended or Side.SERVER
            codes = [self._messages[s].close_code for s in (side, side.other)]
            self._tap.closed(side, next((code for code in codes if code is not None), None))

    async def _forward(self, side: Side, source: ByteStream, target: ByteStream) -> None:
        with suppress(*_LOST):
            first = await self._opening(source) if side is Side.CLIENT else None
            while True:
                chunk = first or await source.receive(_CHUNK)
                self._tap.note(side, chunk)
                await target.send(_fitted(chunk, self._address) if first else chunk)
                self._tap.settle()
                if self._ended is None and self._messages[side].close_code is not None:
                    self._ended = side
                first = None
        self._ended = self._ended or side
        with suppress(*_LOST):
            await target.send_eof()

    async def _opening(self, source: ByteStream) -> bytes:
        """Read on until the HTTP head is complete."""
        head = await source.receive(_CHUNK)
        while b"\r\n\r\n" not in head and len(head) < _LONGEST_HEAD:
            head += await source.receive(_CHUNK)
        return head


def _fitted(opening: bytes, address: Address) -> bytes:
    """Return the opening request with the target and the host of the server."""
    head, blank, rest = opening.partition(b"\r\n\r\n")
    request, *headers = head.split(b"\r\n")
    words = request.split(b" ")
    if len(words) == 3 and address.target != "/":
        words[1] = address.target.encode()
    host = b"Host: " + address.authority.encode()
    fitted = [host if h.lower().startswith(b"host:") else h for h in headers]
    return b"\r\n".join([b" ".join(words), *fitted]) + blank + rest
