"""An event loop in a thread of its own, for what blocks."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from contextlib import suppress
from contextvars import copy_context
from functools import partial
from typing import Any, TypeVar

import anyio
from anyio.from_thread import BlockingPortal

__all__ = ["LoopThread"]

T = TypeVar("T")


class LoopThread:
    """Runs async functions for other threads, from when it is made until `stop`.

    anyio's `start_blocking_portal` is a generator: in a forked child, where the thread is not, it hangs
    when it is collected. The thread is a daemon: a client that nobody closed keeps no program alive.
    """

    def __init__(self) -> None:
        ready: Future[tuple[BlockingPortal, Callable[..., object]]] = Future()
        self._thread = threading.Thread(
            target=anyio.run, args=(_serve, ready), name="codexwire-client", daemon=True
        )
        self._thread.start()
        self._portal, self._call_soon = ready.result()

    def submit(
        self, function: Callable[..., Coroutine[Any, Any, T]], /, *args: Any, **named: Any
    ) -> Future[T]:
        """Start an async function and return its future; RuntimeError after `stop`."""
        return self._portal.start_task_soon(partial(function, *args, **named))

    def soon(self, function: Callable[..., object], /, *args: Any) -> None:
        """Call a function in the event loop, and do not wait for it; nothing after `stop`."""
        with suppress(RuntimeError):  # the loop is closed
            self._call_soon(function, *args)

    def stop(self) -> None:
        """Cancel what still runs and wait for the end of the thread."""
        self._portal.call(self._portal.stop, True)
        self._thread.join()


async def _serve(ready: Future[tuple[BlockingPortal, Callable[..., object]]]) -> None:
    async with BlockingPortal() as portal:
        # In the context of this thread: another one's does not say which event loop runs.
        soon = partial(asyncio.get_running_loop().call_soon_threadsafe, context=copy_context())
        ready.set_result((portal, soon))
        await portal.sleep_until_stopped()
