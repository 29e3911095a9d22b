"""Waiting for a server that is starting."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from time import monotonic
from typing import Final

import anyio

from codexwire.runtime.errors import NoServerError
from codexwire.runtime.transport.base import Transport, TransportOpener

__all__ = ["patient"]

_FIRST, _LONGEST = 0.05, 1.0


def patient(opener: TransportOpener, seconds: float | None) -> TransportOpener:
    """Return an opener that tries again for so many seconds while there is no server.

    NoServerError, of the last try, when there still is none; any other error at once.
    """
    if seconds is None:
        return opener
    limit: Final = seconds

    @asynccontextmanager
    async def opened() -> AsyncIterator[Transport]:
        end, pause = monotonic() + limit, _FIRST
        async with AsyncExitStack() as stack:
            while True:
                try:
                    transport = await stack.enter_async_context(opener())
                    break
                except NoServerError:
                    if monotonic() + pause > end:
                        raise
                await anyio.sleep(pause)
                pause = min(2 * pause, _LONGEST)
            yield transport

    return opened
