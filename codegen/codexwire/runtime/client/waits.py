"""The base of a client's async iterators: waiting for the next value, with a limit."""

from __future__ import annotations

from typing import Generic, TypeVar

from codexwire.runtime.client.limit import within

__all__ = ["Waits"]

T = TypeVar("T")


class Waits(Generic[T]):
    """An async iterator of what comes over time."""

    waits_for = "anything"

    async def __anext__(self) -> T:
        raise NotImplementedError

    async def next(self, *, timeout: float | None = None) -> T | None:
        """Return the next one, None at the end; RequestTimeoutError when none comes in time."""
        with within(timeout, self.waits_for, f"no {self.waits_for} came"):
            try:
                return await self.__anext__()
            except StopAsyncIteration:
                return None
