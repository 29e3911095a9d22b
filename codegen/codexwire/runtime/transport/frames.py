"""What both ends of a websocket do once hands are shaken: one JSON text a text frame."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import anyio
from anyio.abc import ByteStream
from websockets.frames import CloseCode, Frame, Opcode
from websockets.protocol import CLOSED, OPEN, Protocol

from codexwire.runtime.transport.base import PostMortem, TransportFailure

__all__ = ["WebSocket"]

_CHUNK = 256 * 1024


class WebSocket:
    """A transport over a byte stream and a websocket protocol without input and output of its own.

    A subclass shakes hands, client or server; the rest is the same for both. Without `binary` the
    messages in binary frames are dropped.
    """

    def __init__(self, stream: ByteStream, protocol: Protocol, *, binary: bool = True) -> None:
        self._stream = stream
        self._protocol = protocol
        self._taken = (Opcode.TEXT, Opcode.BINARY) if binary else (Opcode.TEXT,)
        self._opcode = Opcode.TEXT
        self._sending = anyio.Lock()
        self._parts: list[bytes] = []
        self._heard = 0.0
        self._failure: str | None = None

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
                if event.opcode is not Opcode.CONT:
                    self._opcode = event.opcode
                self._parts.append(bytes(event.data))
                if event.fin:
                    if self._opcode in self._taken:
                        whole.append(b"".join(self._parts))
                    self._parts.clear()
        return whole


_DATA = (Opcode.TEXT, Opcode.BINARY, Opcode.CONT)
