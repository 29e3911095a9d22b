"""Sends a client's messages in order."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Final

import anyio

from codexwire.runtime.transport.base import DirectTransport, Transport, TransportFailure

__all__ = ["Outgoing"]

_WAITING: Final = 256


class Outgoing:
    """Sends messages in order: at once where the transport can, else from a queue.

    At most 256 messages wait, then senders do. `observe` sees each message before it is sent, in the
    event loop's thread.
    """

    def __init__(
        self, transport: Transport, observe: Callable[[bytes], None] | None = None
    ) -> None:
        self._transport = transport
        self._send_direct = transport.send_now if isinstance(transport, DirectTransport) else None
        self._observe = observe
        self._waiting: deque[bytes] = deque()  # the first one is being sent
        self._lock = threading.Lock()
        self._more, self._room = anyio.Event(), anyio.Event()
        self._closed = False

    def send_now(self, text: bytes) -> bool:
        """Send a message from any thread, if nothing waits before it and it need not wait itself.

        False when it was not sent: it is too long, the server does not read, the connection is closed.
        """
        if self._send_direct is None or self._observe is not None:
            return False
        with self._lock:
            return not (self._waiting or self._closed) and self._send_direct(text)

    def put(self, text: bytes) -> bool:
        """Send a message, or let it wait; False when too many wait. TransportFailure when closed."""
        if self._closed:
            raise TransportFailure("the connection is closed")
        if self.send_now(text):
            return True
        with self._lock:
            if len(self._waiting) >= _WAITING:
                return False
            self._waiting.append(text)
        self._more.set()
        return True

    async def send(self, text: bytes) -> None:
        """Do as `put`, and wait as long as too many messages do."""
        while not self.put(text):
            await self._room.wait()

    async def write(self) -> None:
        """Send what waits, in order, until the end; TransportFailure when nothing can be sent."""
        while True:
            while self._waiting:
                text = self._waiting[0]
                if self._observe is not None:
                    self._observe(text)
                await self._transport.send(text)
                with self._lock:
                    self._waiting.popleft()
                self._room.set()
                self._room = anyio.Event()
            if self._closed:
                return
            self._more = anyio.Event()
            await self._more.wait()

    def close(self) -> None:
        """Take no more messages; `write` ends when what waits is sent."""
        with self._lock:
            self._closed = True
        self._more.set()
        self._room.set()
