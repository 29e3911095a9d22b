"""Pieces that come over time, for async iteration and for a blocking iterator in another thread."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from typing import Self, TypeVar

from codexwire.runtime.client.waits import Waits

__all__ = ["Pieces"]

T = TypeVar("T")


class Pieces(ABC, Waits[T]):
    """An async iterator; what has come and was not read yet is in `_ready`."""

    def __init__(self) -> None:
        self._ready: deque[T] = deque()

    @property
    @abstractmethod
    def ended(self) -> bool:
        """Whether nothing more will come."""

    @abstractmethod
    async def filled(self) -> bool:
        """Wait until there is a piece to `take`; False at the end."""

    @property
    def exhausted(self) -> bool:
        """Whether everything was read."""
        return self.ended and not self._ready

    def take(self) -> T | None:
        """Return the next piece if it is there; may be called from any thread."""
        return self._ready.popleft() if self._ready else None

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> T:
        if not self._ready and not await self.filled():
            raise StopAsyncIteration
        return self._ready.popleft()
