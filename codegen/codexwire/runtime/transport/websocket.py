"""A server behind a websocket, over TCP or a unix socket: one JSON text a text frame."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import anyio
from anyio.abc import ByteStream
from websockets.client import ClientProtocol
from websockets.exceptions import InvalidStatus, InvalidURI
from websockets.protocol import CLIENT, CONNECTING, Protocol
from websockets.uri import WebSocketURI, parse_uri

from codexwire.runtime.errors import (
    HandshakeRefusedError,
    LaunchError,
    NoServerError,
    UnsupportedError,
)
from codexwire.runtime.loopback import is_loopback
from codexwire.runtime.transport.base import (
    MAX_MESSAGE_BYTES,
    Transport,
    TransportFailure,
    background_tasks,
)
from codexwire.runtime.transport.frames import WebSocket

__all__ = ["bearer", "open_unix_socket", "open_websocket"]

_CLOSE_WAIT = 1.0


@asynccontextmanager
async def open_websocket(
    url: str,
    *,
    token: str | None = None,
    headers: Mapping[str, str] | None = None,
    open_timeout: float = 10.0,
    ping_interval: float | None = 20.0,
) -> AsyncIterator[Transport]:
    """Connect to `ws://host:port` or `wss://…`.

    `token` is sent as a bearer token, over TLS or to the own machine only. A ping goes out every
    `ping_interval` seconds; an end that shows no sign of life for two intervals is given up.
    NoServerError when there is no server, HandshakeRefusedError when it does not let this client in,
    LaunchError for what is no such URL.
    """
    uri = _parse(url)
    headers = {**(headers or {}), **bearer(uri.host, token, secure=uri.secure)}
    try:
        with anyio.fail_after(open_timeout):
            stream = await _connect(uri)
    except (OSError, TimeoutError) as problem:
        raise NoServerError(f"no server at {url}: {problem or 'no answer'}") from None
    async with _session(stream, uri, headers, open_timeout, ping_interval) as session:
        yield session


@asynccontextmanager
async def open_unix_socket(
    path: str | Path,
    *,
    token: str | None = None,
    open_timeout: float = 10.0,
    ping_interval: float | None = 20.0,
) -> AsyncIterator[Transport]:
    """Connect to a server that listens on `unix://PATH`; arguments and errors as `open_websocket`.

    A server that hangs up on the handshake is spoken to without: the socket of 0.125.0 takes frames
    alone. UnsupportedError on Windows, where there are none.
    """
    if sys.platform == "win32":
        raise UnsupportedError(
            "there are no unix sockets on Windows", hint="let the server listen on ws://127.0.0.1:0"
        )
    uri = _parse("ws://localhost/")
    async with AsyncExitStack() as stack:
        try:
            stream = await _connect_unix(path, open_timeout)
            opening = _session(stream, uri, bearer(uri.host, token), open_timeout, ping_interval)
            session = await stack.enter_async_context(opening)
        except _HungUpError:
            stream = await _connect_unix(path, open_timeout)
            session = await stack.enter_async_context(_frames_alone(stream, ping_interval))
        yield session


async def _connect_unix(path: str | Path, open_timeout: float) -> ByteStream:
    try:
        with anyio.fail_after(open_timeout):
            return await anyio.connect_unix(os.fspath(path))
    except (OSError, TimeoutError) as problem:
        raise NoServerError(f"no server at unix://{path}: {problem or 'no answer'}") from None


def bearer(host: str, token: str | None, *, secure: bool = False) -> dict[str, str]:
    """Return the headers that carry a token; LaunchError where others on the way to a host would read it."""
    if token is None:
        return {}
    if not (secure or is_loopback(host)):
        raise LaunchError(
            f"a token is not sent to {host} in the clear", hint="use wss:// or a tunnel"
        )
    return {"Authorization": f"Bearer {token}"}


def _parse(url: str) -> WebSocketURI:
    try:
        return parse_uri(url)
    except (InvalidURI, ValueError) as problem:
        raise LaunchError(f"not a websocket URL: {url!r}", hint=str(problem)) from None


async def _connect(uri: WebSocketURI) -> ByteStream:
    if uri.secure:
        return await anyio.connect_tcp(uri.host, uri.port, tls=True)
    return await anyio.connect_tcp(uri.host, uri.port)


@asynccontextmanager
async def _session(
    stream: ByteStream,
    uri: WebSocketURI,
    headers: Mapping[str, str],
    open_timeout: float,
    ping_interval: float | None,
) -> AsyncIterator[WebSocket]:
    socket = _WebSocket(stream, uri)
    async with _closed_at_end(stream):
        try:
            with anyio.fail_after(open_timeout):
                await socket.open(headers)
        except TimeoutError:
            raise NoServerError("no answer to the websocket handshake") from None
        async with _open(socket, ping_interval):
            yield socket


@asynccontextmanager
async def _frames_alone(
    stream: ByteStream, ping_interval: float | None
) -> AsyncIterator[WebSocket]:
    """Take the stream for a websocket that is open."""
    socket = WebSocket(stream, Protocol(CLIENT, max_size=MAX_MESSAGE_BYTES))
    async with _closed_at_end(stream), _open(socket, ping_interval):
        yield socket


@asynccontextmanager
async def _closed_at_end(stream: ByteStream) -> AsyncIterator[None]:
    try:
        yield
    finally:
        with anyio.CancelScope(shield=True):
            await anyio.aclose_forcefully(stream)


@asynccontextmanager
async def _open(socket: WebSocket, ping_interval: float | None) -> AsyncIterator[None]:
    """Keep an open websocket alive, and say goodbye."""
    duties = [] if ping_interval is None else [lambda: socket.keep_alive(ping_interval)]
    async with background_tasks(*duties):
        try:
            yield
        finally:
            with anyio.move_on_after(_CLOSE_WAIT, shield=True):
                await socket.close()


class _HungUpError(NoServerError):
    """The server closed the connection instead of answering the handshake."""


class _WebSocket(WebSocket):
    """The client's end."""

    def __init__(self, stream: ByteStream, uri: WebSocketURI) -> None:
        # No compression: the server's unix socket hangs up on clients that offer it.
        self._client = ClientProtocol(uri, max_size=MAX_MESSAGE_BYTES, extensions=None)
        super().__init__(stream, self._client)

    async def open(self, headers: Mapping[str, str]) -> None:
        """Shake hands."""
        request = self._client.connect()
        request.headers.update(headers)
        self._client.send_request(request)
        try:
            await self._flush()
            while self._protocol.state is CONNECTING and not self._ended():
                await self._pump()
        except TransportFailure as broken:
            raise _HungUpError(f"the websocket handshake failed: {broken}") from None
        problem = self._protocol.handshake_exc
        if isinstance(problem, InvalidStatus):
            status = problem.response.status_code
            raise HandshakeRefusedError(
                f"the server refused the websocket with HTTP {status}",
                status=status,
                hint="check the token" if status in (401, 403) else None,
            )
        if self._failure is not None or isinstance(getattr(problem, "__cause__", None), EOFError):
            raise _HungUpError("the websocket handshake failed: the server hung up")
        if problem is not None:
            raise LaunchError(f"the websocket handshake failed: {problem}")
