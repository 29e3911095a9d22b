"""An event loop in a thread of its own, for what blocks."""

from __future__ import annotations

import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
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
        ready: Future[BlockingPortal] = Future()
        self._thread = threading.Thread(
            target=anyio.run, args=(_serve, ready), name="codexwire-client", daemon=True
        )
        self._thread.start()
        self._portal = ready.result()

    def submit(
        self, function: Callable[..., Coroutine[Any, Any, T]], /, *args: Any, **named: Any
    ) -> Future[T]:
        """Start an async function and return its future; RuntimeError after `stop`."""
        return self._portal.start_task_soon(partial(function, *args, **named))

    def stop(self) -> None:
        """Cancel what still runs and wait for the end of the thread."""
        self._portal.call(self._portal.stop, True)
        self._thread.join()


async def _serve(ready: Future[BlockingPortal]) -> None:
    async with BlockingPortal() as portal:
        ready.set_result(portal)
        await portal.sleep_until_stopped()
