"""One scenario for three clients: asyncio, trio, and the blocking one driven from threads."""

from __future__ import annotations

import inspect
import os
import re
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread

from codex_app_server_protocol import AppServerClient, AsyncAppServerClient
from codexwire.runtime.client import ClientOptions

__all__ = ["FLAVOURS", "collect", "connecting", "entered", "listening", "play"]

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
async def entered(
    flavour: str,
    make: Callable[[type[Any]], Any],
    kinds: tuple[type[Any], type[Any]] = (AppServerClient, AsyncAppServerClient),
) -> AsyncIterator[Any]:
    """Open the client that `make` makes of the flavour's class, with an async face.

    `kinds` are the blocking class and the other one.
    """
    blocking, other = kinds
    if flavour != "sync":
        async with make(other) as client:
            yield client
        return
    async with Threaded(make(blocking)) as client:
        yield client


@asynccontextmanager
async def connecting(
    transport: str, codex: Path, home: Path, project: Path
) -> AsyncIterator[Callable[..., AbstractAsyncContextManager[Any]]]:
    """Yield what opens clients of an app-server, `opened(flavour, **options)`.

    Over `stdio` each has a server of its own, over `websocket` and `unix` they share one.
    """
    if transport == "stdio":

        def launched(flavour: str, **options: Any) -> AbstractAsyncContextManager[Any]:
            given = {"cwd": project, "codex_home": home, "options": ClientOptions(**options)}
            return entered(flavour, lambda kind: kind.launch(codex, **given))

        yield launched
        return
    socket = project.parent / "s"
    listen = "ws://127.0.0.1:0" if transport == "websocket" else f"unix://{socket}"
    with listening(codex, home, "--listen", listen, cwd=project) as address:

        def connected(flavour: str, **options: Any) -> AbstractAsyncContextManager[Any]:
            given = {"wait": 20, "options": ClientOptions(**options)}
            if transport == "unix":
                return entered(flavour, lambda kind: kind.connect_unix(socket, **given))
            return entered(flavour, lambda kind: kind.connect(address(), **given))

        yield connected


@contextmanager
def listening(codex: Path, home: Path, *args: str, cwd: Path) -> Iterator[Callable[[], str]]:
    """Run a server that listens, and yield what waits for the websocket's address that it says."""
    with (home / "said").open("wb") as said:
        process = subprocess.Popen(
            [codex, "app-server", *args],
            cwd=cwd,
            env={**os.environ, "CODEX_HOME": str(home)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=said,
        )

    def address() -> str:
        while True:
            text = (home / "said").read_text("utf-8", "replace")
            if found := re.search(r"ws://127\.0\.0\.1:\d+", re.sub(r"\x1b\[[0-9;]*m", "", text)):
                return found[0]
            assert process.poll() is None, f"the server does not listen: {text}"
            time.sleep(0.02)

    try:
        yield address
    finally:
        process.kill()
        process.wait()


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
