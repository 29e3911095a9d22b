"""A server behind a websocket, over TCP or a unix socket: one JSON text a text frame."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import anyio
from anyio.abc import ByteStream
from websockets.client import ClientProtocol
from websockets.exceptions import InvalidStatus, InvalidURI
from websockets.frames import CloseCode, Frame, Opcode
from websockets.protocol import CLOSED, CONNECTING, OPEN
from websockets.uri import WebSocketURI, parse_uri

from codexwire.runtime.errors import HandshakeRefusedError, LaunchError
from codexwire.runtime.transport.base import (
    MAX_MESSAGE_BYTES,
    PostMortem,
    Transport,
    TransportFailure,
    background_tasks,
)

__all__ = ["open_unix_socket", "open_websocket"]

_CHUNK = 256 * 1024
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
    `ping_interval` seconds; an end that shows no sign of life for two intervals is given up. LaunchError
    when there is no server, HandshakeRefusedError when it does not let this client in.
    """
    uri = _parse(url)
    if token is not None and not (uri.secure or _is_loopback(uri.host)):
        raise LaunchError(
            f"a token is not sent to {uri.host} in the clear", hint="use wss:// or a tunnel"
        )
    try:
        with anyio.fail_after(open_timeout):
            stream = await _connect(uri)
    except (OSError, TimeoutError) as problem:
        raise LaunchError(f"no server at {url}: {problem or 'no answer'}") from None
    async with _session(stream, uri, token, headers or {}, open_timeout, ping_interval) as session:
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

    The socket of 0.125.0 speaks websocket frames without a handshake and cannot be used.
    """
    try:
        with anyio.fail_after(open_timeout):
            stream = await anyio.connect_unix(os.fspath(path))
    except (OSError, TimeoutError) as problem:
        raise LaunchError(f"no server at unix://{path}: {problem or 'no answer'}") from None
    uri = _parse("ws://localhost/")
    async with _session(stream, uri, token, {}, open_timeout, ping_interval) as session:
        yield session


def _parse(url: str) -> WebSocketURI:
    try:
        return parse_uri(url)
    except (InvalidURI, ValueError) as problem:
        raise LaunchError(f"not a websocket URL: {url!r}", hint=str(problem)) from None


async def _connect(uri: WebSocketURI) -> ByteStream:
    if uri.secure:
        return await anyio.connect_tcp(uri.host, uri.port, tls=True)
    return await anyio.connect_tcp(uri.host, uri.port)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@asynccontextmanager
async def _session(
    stream: ByteStream,
    uri: WebSocketURI,
    token: str | None,
    headers: Mapping[str, str],
    open_timeout: float,
    ping_interval: float | None,
) -> AsyncIterator[_WebSocket]:
    if token is not None:
        headers = {**headers, "Authorization": f"Bearer {token}"}
    socket = _WebSocket(stream, uri)
    try:
        try:
            with anyio.fail_after(open_timeout):
                await socket.open(headers)
        except TimeoutError:
            raise LaunchError("no answer to the websocket handshake") from None
        duties = [] if ping_interval is None else [lambda: socket.keep_alive(ping_interval)]
        async with background_tasks(*duties):
            try:
                yield socket
            finally:
                with anyio.move_on_after(_CLOSE_WAIT, shield=True):
                    await socket.close()
    finally:
        with anyio.CancelScope(shield=True):
            await anyio.aclose_forcefully(stream)


class _WebSocket:
    def __init__(self, stream: ByteStream, uri: WebSocketURI) -> None:
        self._stream = stream
        # No compression: the server's unix socket hangs up on clients that offer it.
        self._protocol = ClientProtocol(uri, max_size=MAX_MESSAGE_BYTES, extensions=None)
        self._sending = anyio.Lock()
        self._parts: list[bytes] = []
        self._heard = 0.0
        self._failure: str | None = None

    async def open(self, headers: Mapping[str, str]) -> None:
        """Shake hands."""
        request = self._protocol.connect()
        request.headers.update(headers)
        self._protocol.send_request(request)
        try:
            await self._flush()
            while self._protocol.state is CONNECTING and self._protocol.handshake_exc is None:
                await self._pump()
        except TransportFailure as broken:
            raise LaunchError(f"the websocket handshake failed: {broken}") from None
        problem = self._protocol.handshake_exc
        if isinstance(problem, InvalidStatus):
            status = problem.response.status_code
            raise HandshakeRefusedError(
                f"the server refused the websocket with HTTP {status}",
                status=status,
                hint="check the token" if status in (401, 403) else None,
            )
        if problem is not None:
            raise LaunchError(f"the websocket handshake failed: {problem}")

    async def send(self, message: bytes) -> None:
        """Send one text frame."""
        if self._protocol.state is not OPEN:
            raise TransportFailure(self._epitaph())
        self._protocol.send_text(message)
        await self._flush()

    async def receive(self) -> Sequence[bytes]:
        """Return the messages of the next frames that complete any."""
        while True:
            messages = self._messages()
            if messages:
                return messages
            if self._ended():
                raise TransportFailure(self._epitaph())
            await self._pump()

    async def keep_alive(self, interval: float) -> None:
        """Ping, and hang up on an end that is silent for two intervals."""
        while True:
            await anyio.sleep(interval)
            if anyio.current_time() - self._heard > 2 * interval:
                self._failure = f"no sign of life from the server for {2 * interval:g} s"
                await anyio.aclose_forcefully(self._stream)
                return
            self._protocol.send_ping(b"codexwire")
            try:
                await self._flush()
            except TransportFailure:
                return  # the reader notices too, and says so

    async def post_mortem(self) -> PostMortem:
        """Return nothing: the process is elsewhere."""
        return PostMortem()

    async def close(self) -> None:
        """Say goodbye and wait for the answer."""
        with suppress(TransportFailure):  # gone already
            if self._protocol.state is OPEN:
                self._protocol.send_close(CloseCode.NORMAL_CLOSURE)
                await self._flush()
            while not self._ended():
                await self._pump()

    def _ended(self) -> bool:
        return self._failure is not None or self._protocol.state is CLOSED

    def _epitaph(self) -> str:
        if self._failure is not None:
            return self._failure
        if self._protocol.state is CLOSED:
            return f"the websocket closed: {self._protocol.close_exc}"
        return "the websocket is closing"

    async def _pump(self) -> None:
        """Read once from the network, and send what the protocol answers (pongs, a close)."""
        try:
            data = await self._stream.receive(_CHUNK)
        except anyio.EndOfStream:
            self._protocol.receive_eof()
        except (anyio.BrokenResourceError, anyio.ClosedResourceError, OSError):
            self._failure = self._failure or "the connection to the server broke"
        else:
            self._heard = anyio.current_time()
            self._protocol.receive_data(data)
        with suppress(TransportFailure):  # what was received still counts
            await self._flush()

    async def _flush(self) -> None:
        async with self._sending:
            try:
                for data in self._protocol.data_to_send():
                    await (self._stream.send(data) if data else self._stream.send_eof())
            except (anyio.BrokenResourceError, anyio.ClosedResourceError, OSError):
                raise TransportFailure("the connection to the server broke") from None

    def _messages(self) -> list[bytes]:
        """Return the messages that the frames so far complete."""
        whole = []
        for event in self._protocol.events_received():
            if isinstance(event, Frame) and event.opcode in _DATA:
                self._parts.append(bytes(event.data))
                if event.fin:
                    whole.append(b"".join(self._parts))
                    self._parts.clear()
        return whole


_DATA = (Opcode.TEXT, Opcode.BINARY, Opcode.CONT)
