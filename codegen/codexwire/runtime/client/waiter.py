"""What waits for the answer to one request."""

from __future__ import annotations

from typing import Any

import anyio

from codexwire.runtime.errors import ClientError

__all__ = ["Waiter"]


class Waiter:
    """Waits for the answer to one request."""

    def __init__(self, method: str) -> None:
        self.method = method
        self._done = anyio.Event()
        self._result: Any = None
        self._error: ClientError | None = None

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
        if self._error is not None:
            raise self._error
        return self._result
