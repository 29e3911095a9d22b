"""A request that waits for its answer, in a task or in a blocked thread."""

from __future__ import annotations

import threading
from typing import Any, Protocol

import anyio

from codexwire.runtime.errors import ClientError

__all__ = ["BlockingWaiter", "TaskWaiter", "Waiter"]


class Waiter(Protocol):
    """Is told once what came of a request."""

    @property
    def method(self) -> str:
        """What was asked for."""

    def succeed(self, result: Any) -> None:
        """Hand over the result."""

    def fail(self, error: ClientError) -> None:
        """Hand over the error."""


class _Outcome:
    def __init__(self, method: str) -> None:
        self.method = method
        self._result: Any = None
        self._error: ClientError | None = None

    def _answer(self) -> Any:
        if self._error is not None:
            raise self._error
        return self._result


class TaskWaiter(_Outcome):
    """Lets a task of the connection's event loop wait."""

    def __init__(self, method: str) -> None:
        super().__init__(method)
        self._done = anyio.Event()

    def succeed(self, result: Any) -> None:
        """Hand over the result."""
        self._result = result
        self._done.set()

    def fail(self, error: ClientError) -> None:
        """Hand over the error."""
        self._error = error
        self._done.set()

    async def wait(self) -> Any:
        """Return the result, or raise the error, when it is there."""
        await self._done.wait()
        return self._answer()


class BlockingWaiter(_Outcome):
    """Lets a thread wait."""

    def __init__(self, method: str) -> None:
        super().__init__(method)
        self._open = threading.Lock()
        self._open.acquire()

    def succeed(self, result: Any) -> None:
        """Hand over the result."""
        self._result = result
        self._open.release()

    def fail(self, error: ClientError) -> None:
        """Hand over the error."""
        self._error = error
        self._open.release()

    def wait(self, seconds: float | None = None) -> Any:
        """Return the result, or raise the error, when it is there; TimeoutError after so many seconds."""
        limit = -1 if seconds is None else min(max(seconds, 0.0), threading.TIMEOUT_MAX)
        if not self._open.acquire(timeout=limit):
            raise TimeoutError
        return self._answer()
