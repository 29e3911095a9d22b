"""Listens on an address for whatever stands in for a server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import TypeAlias

import anyio
from anyio.abc import ByteStream, Listener, SocketAttribute, SocketStream
from websockets.http11 import Request
from websockets.protocol import OPEN
from websockets.server import ServerProtocol

from codexwire.errors import UsageError
from codexwire.progress import Say
from codexwire.proxy.address import Address
from codexwire.proxy.admittance import refusal
from codexwire.runtime.transport.base import Transport, TransportFailure
from codexwire.runtime.transport.frames import WebSocket

__all__ = ["Handler", "Say", "listener_at", "listening", "serve_each"]

Handler: TypeAlias = Callable[[Transport], Awaitable[None]]
"""Serves one connection; when it returns, the connection is closed."""

_LONGEST_MESSAGE, _LONGEST_FRAME = 64 << 20, 16 << 20
"""As the real server has it (measured on 0.171.0): beyond it hangs up."""

_PROBES = ("/readyz", "/healthz")
_GOODBYE = 1.0


@asynccontextmanager
async def listener_at(address: Address) -> AsyncIterator[tuple[Listener[SocketStream], Address]]:
    """Listen for the time of the block; gives the address with its real port, port 0 being any.

    A unix socket is its owner's alone, and gone in the end. UsageError when nobody can listen there.
    """
    try:
        listener = await _listener(address)
    except OSError as problem:
        reason = problem.strerror or problem
        raise UsageError(f"cannot listen at {address}: {reason}") from None
    try:
        async with listener:
            if not address.path:
                address = replace(address, port=listener.extra(SocketAttribute.local_port))
            yield listener, address
    finally:
        if address.path:
            Path(address.path).unlink(missing_ok=True)


async def _listener(address: Address) -> Listener[SocketStream]:
    if address.path:
        return await anyio.create_unix_listener(address.path, mode=0o600)
    return await anyio.create_tcp_listener(local_host=address.host, local_port=address.port)


async def serve_each(
    listener: Listener[SocketStream],
    serve: Callable[[SocketStream, int, Say], Awaitable[None]],
    say: Say,
) -> None:
    """Serve every connection until cancelled; one that fails ends, and the others go on.

    `serve` gets the connection's number, from 1, and what to complain to: lines that begin with it.
    """
    numbers = count(1)

    async def serve_one(stream: SocketStream) -> None:
        number = next(numbers)

        def complain(problem: str) -> None:
            say(f"connection {number}: {problem}")

        try:
            await serve(stream, number, complain)
        except Exception as problem:
            complain(f"ended by an internal error: {_in_words(problem)}")
        finally:
            with anyio.CancelScope(shield=True):
                await anyio.aclose_forcefully(stream)

    await listener.serve(serve_one)


def _in_words(problem: BaseException) -> str:
    """Return what an exception is, of a group the first of it, in one line."""
    while isinstance(problem, BaseExceptionGroup):
        problem = problem.exceptions[0]
    return f"{type(problem).__name__}: {' '.join(str(problem).split())}"


@asynccontextmanager
async def listening(
    address: Address, handler: Handler, say: Say, *, binary: bool = True
) -> AsyncIterator[Address]:
    """Listen for the time of the block and let `handler` serve the messages of every connection.

    Gives the address with its real port. Without `binary` binary frames are dropped. `say` is told of
    connections that are refused or fail. UsageError when nobody can listen there.
    """
    async with listener_at(address) as (listener, here), anyio.create_task_group() as tasks:

        async def serve(stream: ByteStream, _: int, complain: Say) -> None:
            await _serve(_Accepted(stream, binary=binary), here, handler, complain)

        tasks.start_soon(serve_each, listener, serve, say)
        try:
            yield here
        finally:
            tasks.cancel_scope.cancel()


async def _serve(socket: _Accepted, here: Address, handler: Handler, complain: Say) -> None:
    """Shake hands and let `handler` serve; a client that fails at it is let go."""
    try:
        if await socket.accept(here, complain):
            await handler(socket)
            with anyio.move_on_after(_GOODBYE):
                await socket.close()
    except TransportFailure:
        pass  # the client is gone


class _Accepted(WebSocket):
    """The server's end."""

    def __init__(self, stream: ByteStream, *, binary: bool) -> None:
        self._server = ServerProtocol(max_size=(_LONGEST_MESSAGE, _LONGEST_FRAME))
        super().__init__(stream, self._server, binary=binary)

    async def accept(self, here: Address, complain: Say) -> bool:
        """Answer the handshake; False when there was none, it is refused, or only asks for readiness."""
        while not (requests := self._protocol.events_received()):
            if self._failure is not None or self._protocol.handshake_exc is not None:
                return False
            await self._pump()
        request = requests[0]
        assert isinstance(request, Request)
        refused = refusal(request.headers.raw_items(), here)
        if refused is not None:
            complain(f"refused: {refused}")
            answer = self._server.reject(403, f"Forbidden: {refused}.\n")
        elif request.path in _PROBES:
            answer = self._server.reject(200, "")
        else:
            answer = self._server.accept(request)
        self._server.send_response(answer)
        await self._flush()
        return self._protocol.state is OPEN
