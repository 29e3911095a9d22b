"""A child's standard input and output as pipes of our own: without an event loop's streams in between.

POSIX only: on Windows an event loop cannot wait for a pipe.
"""

from __future__ import annotations

import asyncio
import os
import select
from collections.abc import Callable
from typing import Final

import anyio
import anyio.lowlevel

__all__ = ["PipeReader", "PipeWriter"]

_CHUNK: Final = 64 * 1024
_AT_ONCE: Final = getattr(select, "PIPE_BUF", 512)
"""So many bytes are written to a pipe as a whole, or not at all."""


class _End:
    def __init__(self, descriptor: int) -> None:
        os.set_blocking(descriptor, False)
        self._descriptor = descriptor

    async def aclose(self) -> None:
        """Close this end, and end what waits for it; nothing when it is closed."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            anyio.notify_closing(descriptor)
            os.close(descriptor)


class PipeWriter(_End):
    """The end that is written to; OSError when nobody reads any more."""

    def send_now(self, data: bytes) -> bool:
        """Write `data` from any thread, if there is room for all of it; else write nothing."""
        if len(data) > _AT_ONCE:
            return False
        try:
            os.write(self._descriptor, data)
        except BlockingIOError:
            return False
        return True

    async def send(self, data: bytes) -> None:
        """Write all of `data`, waiting for room."""
        rest = memoryview(data)
        while rest:
            try:
                rest = rest[os.write(self._descriptor, rest) :]
            except BlockingIOError:
                await anyio.wait_writable(self._descriptor)


class PipeReader(_End):
    """The end that is read; `anyio.EndOfStream` when nobody writes any more.

    What reads when this end is closed gets `anyio.ClosedResourceError`.
    """

    _stop: Callable[[Exception], None] | None = None

    async def aclose(self) -> None:
        """Close this end, and end what waits for it; nothing when it is closed."""
        if self._stop is not None:
            self._stop(anyio.ClosedResourceError())
        await super().aclose()

    async def receive(self, max_bytes: int = _CHUNK) -> bytes:
        """Wait for bytes and return what is there."""
        await anyio.lowlevel.checkpoint()
        while True:
            try:
                data = os.read(self._descriptor, max_bytes)
            except BlockingIOError:
                await anyio.wait_readable(self._descriptor)
                continue
            if not data:
                raise anyio.EndOfStream
            return data

    async def listen(self, take: Callable[[bytes], None]) -> None:
        """Give what comes to `take`, chunk by chunk, until the end; raise what `take` raises.

        On asyncio the event loop calls `take` itself: no task has to be woken.
        """
        if anyio.get_cancelled_exc_class() is not asyncio.CancelledError:
            while True:
                take(await self.receive())
        loop = asyncio.get_running_loop()
        descriptor, ended = self._descriptor, loop.create_future()

        def stop(problem: Exception) -> None:
            loop.remove_reader(descriptor)
            if not ended.done():
                ended.set_exception(problem)

        def read() -> None:
            try:
                data = os.read(descriptor, _CHUNK)
                if data:
                    take(data)
                    return
                raise anyio.EndOfStream
            except BlockingIOError:
                return
            except Exception as problem:
                stop(problem)

        self._stop = stop
        loop.add_reader(descriptor, read)
        try:
            await ended
        finally:
            self._stop = None
            loop.remove_reader(descriptor)
