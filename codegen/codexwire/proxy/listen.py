"""A websocket to listen on: what stands in for a server is reached as a real one is."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeAlias
from urllib.parse import urlsplit

import anyio
from anyio.abc import ByteStream, SocketAttribute
from websockets.http11 import Request
from websockets.protocol import OPEN
from websockets.server import ServerProtocol

from codexwire.errors import UsageError
from codexwire.runtime.errors import LaunchError
from codexwire.runtime.transport.base import MAX_MESSAGE_BYTES, Transport, TransportFailure
from codexwire.runtime.transport.frames import WebSocket

__all__ = ["Handler", "listening", "parse_address"]

Handler: TypeAlias = Callable[[Transport], Awaitable[None]]
"""Serves one connection; when it returns, the connection is closed."""

_PROBES = ("/readyz", "/healthz")
_GOODBYE = 1.0


def parse_address(url: str) -> tuple[str, int]:
    """Return host and port of `ws://HOST:PORT`; UsageError for anything else."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if not url.startswith("ws://") or host is None or port is None or parts.path not in ("", "/"):
        raise UsageError(
            f"not an address to listen on: {url!r}", hint="ws://HOST:PORT, port 0: any"
        )
    return host, port


@asynccontextmanager
async def listening(url: str, handler: Handler) -> AsyncIterator[str]:
    """Listen on `ws://HOST:PORT` for the time of the block and serve every connection.

    Yields the address with its real port, port 0 being any that is free. LaunchError when nobody can
    listen there.
    """
    host, port = parse_address(url)
    try:
        listener = await anyio.create_tcp_listener(local_host=host, local_port=port)
    except OSError as problem:
        raise LaunchError(f"cannot listen on {url}: {problem.strerror or problem}") from None

    async def serve(stream: ByteStream) -> None:
        await _serve(stream, handler)

    async with listener, anyio.create_task_group() as tasks:
        bound = listener.extra(SocketAttribute.local_port)
        tasks.start_soon(listener.serve, serve)
        try:
            yield f"ws://{f'[{host}]' if ':' in host else host}:{bound}"
        finally:
            tasks.cancel_scope.cancel()


async def _serve(stream: ByteStream, handler: Handler) -> None:
    """Shake hands and let `handler` serve; a client that fails at it is let go."""
    socket = _Accepted(stream)
    try:
        if await socket.accept():
            await handler(socket)
            with anyio.move_on_after(_GOODBYE):
                await socket.close()
    except TransportFailure:
        pass  # the client is gone
    finally:
        with anyio.CancelScope(shield=True):
            await anyio.aclose_forcefully(stream)


class _Accepted(WebSocket):
    """The server's end."""

    def __init__(self, stream: ByteStream) -> None:
        self._server = ServerProtocol(max_size=MAX_MESSAGE_BYTES)
        super().__init__(stream, self._server)

    async def accept(self) -> bool:
        """Answer the handshake; False when there was none, or only a look whether this is ready."""
        while not (requests := self._protocol.events_received()):
            if self._failure is not None or self._protocol.handshake_exc is not None:
                return False
            await self._pump()
        request = requests[0]
        assert isinstance(request, Request)
        probe = request.path in _PROBES
        answer = self._server.reject(200, "") if probe else self._server.accept(request)
        self._server.send_response(answer)
        await self._flush()
        return self._protocol.state is OPEN
