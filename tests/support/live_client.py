"""One scenario for three clients: asyncio, trio, and the blocking one driven from threads."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import anyio
import anyio.to_thread

from codex_app_server_protocol import AppServerClient, AsyncAppServerClient

__all__ = ["FLAVOURS", "collect", "entered", "play"]

FLAVOURS = ("sync", "asyncio", "trio")
_END = object()


class Threaded:
    """A blocking object with an async face: every call runs in a thread."""

    def __init__(self, blocking: Any) -> None:
        self._blocking = blocking

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._blocking, name)
        if not inspect.isroutine(value):
            return value

        async def call(*args: Any, **named: Any) -> Any:
            result = await _in_thread(lambda: value(*args, **named))
            return Threaded(result) if hasattr(result, "__next__") else result

        return call

    async def __aenter__(self) -> Threaded:
        await _in_thread(self._blocking.__enter__)
        return self

    async def __aexit__(self, *error: Any) -> None:
        with anyio.CancelScope(shield=True):
            await _in_thread(lambda: self._blocking.__exit__(*error))

    def __aiter__(self) -> Threaded:
        return self

    async def __anext__(self) -> Any:
        found = await _in_thread(lambda: next(self._blocking, _END))
        if found is _END:
            raise StopAsyncIteration
        return found


async def _in_thread(function: Callable[[], Any]) -> Any:
    limiter = anyio.CapacityLimiter(1)  # the default one would keep 50 turns waiting
    return await anyio.to_thread.run_sync(function, limiter=limiter, abandon_on_cancel=True)


@asynccontextmanager
async def entered(flavour: str, make: Callable[[type[Any]], Any]) -> AsyncIterator[Any]:
    """Open the client that `make` makes of the flavour's class, with an async face."""
    if flavour != "sync":
        async with make(AsyncAppServerClient) as client:
            yield client
        return
    async with Threaded(make(AppServerClient)) as client:
        yield client


async def collect(stream: Any) -> list[Any]:
    """Read a stream to its end."""
    stream = await stream if inspect.isawaitable(stream) else stream
    return [item async for item in stream]


def play(
    flavour: str, scenario: Callable[[], Coroutine[Any, Any, None]], limit: float = 60
) -> None:
    """Run a scenario on the flavour's event loop, for at most `limit` seconds."""

    async def limited() -> None:
        with anyio.fail_after(limit):
            await scenario()

    anyio.run(limited, backend="trio" if flavour == "trio" else "asyncio")
