"""The life of a connection, in a task of its own: any task may open it, and any other close it."""

from __future__ import annotations

import asyncio
import contextvars
import os
import sys
from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from contextvars import ContextVar
from typing import Any, Final, Generic, TypeVar

import anyio

__all__ = ["Life"]

T = TypeVar("T")

_INSIDE: Final[ContextVar[tuple[object, ...]]] = ContextVar("codexwire_inside", default=())
"""The lives whose tasks this one belongs to: it cannot wait for their end, which waits for it."""


class Life(Generic[T]):
    """Holds what a context manager yields, from `open` to `close`; for asyncio and trio.

    Task groups and cancel scopes must be left in the task that entered them, so the context lives in a
    task that does nothing else.
    """

    def __init__(self, context: Callable[[], AbstractAsyncContextManager[T]]) -> None:
        self._context = context
        self._process = os.getpid()
        self._scope = anyio.CancelScope()
        self._opened, self._closing, self._ended = anyio.Event(), anyio.Event(), anyio.Event()
        self._held: list[T] = []
        self._problem: Exception | None = None
        self._task: object = None

    @property
    def is_here(self) -> bool:
        """Whether this is the process that it lives in, and not a forked child of it."""
        return self._process == os.getpid()

    async def open(self) -> T:
        """Enter the context and return what it yields, or raise what it raises."""
        self._task = _start(self._live)
        try:
            await self._opened.wait()
        except BaseException:
            await self.abort()
            raise
        if self._problem is not None:
            raise self._problem
        return self._held[0]

    async def close(self) -> None:
        """Leave the context and wait until that is done; a second call only waits.

        A task of the context itself (a handler of the server's requests) does not wait.
        """
        self._closing.set()
        if self not in _INSIDE.get():
            await self._end()

    async def abort(self) -> None:
        """Leave the context as a cancelled task does, at once, and wait until that is done."""
        self._scope.cancel()
        await self._end()

    async def _end(self) -> None:
        with anyio.CancelScope(shield=True):  # leaving is bounded
            await self._ended.wait()

    async def _live(self) -> None:
        _INSIDE.set((*_INSIDE.get(), self))
        try:
            with self._scope:
                async with self._context() as held:
                    self._held.append(held)
                    self._opened.set()
                    await self._closing.wait()
        except Exception as problem:
            self._problem = problem
        finally:
            self._opened.set()
            self._ended.set()


def _start(function: Callable[[], Coroutine[Any, Any, None]]) -> object:
    """Run a function in a task of the event loop itself, and return what keeps the task alive."""
    trio = sys.modules.get("trio")
    if trio is not None and trio.lowlevel.in_trio_task():
        return trio.lowlevel.spawn_system_task(function, context=contextvars.copy_context())
    return asyncio.get_running_loop().create_task(function())
