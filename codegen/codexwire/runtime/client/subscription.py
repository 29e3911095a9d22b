"""A consumer's own bounded buffer of notifications, and who gets which."""

from __future__ import annotations

import weakref
from collections import deque
from collections.abc import Callable, Hashable
from typing import Generic, Literal, TypeAlias, TypeVar

import anyio

from codexwire.runtime.client.limit import within
from codexwire.runtime.client.messages import Notification
from codexwire.runtime.client.waits import Waits
from codexwire.runtime.errors import BufferOverflowError, ConnectionClosedError

__all__ = ["DEFAULT_BUFFER", "Overflow", "Subscription", "Topics"]

DEFAULT_BUFFER = 16384
"""How many notifications wait for one consumer by default."""

Overflow: TypeAlias = Literal["error", "drop_oldest"]
Key = TypeVar("Key", bound=Hashable)


class Subscription(Waits[Notification]):
    """An async iterator over notifications, with a buffer of its own.

    The reader never waits for a consumer. When more than `buffer` notifications wait, the policy
    decides: `error` ends this subscription with BufferOverflowError after what is waiting (nothing is
    lost unnoticed), `drop_oldest` forgets the oldest and counts it in `dropped`. Other consumers do
    not notice. A subscription that nobody holds any more is forgotten.

    `waiting` is the buffer, read from the left. With `timeout` each wait for more takes at most so many
    seconds, then it is a RequestTimeoutError; the subscription goes on.
    """

    waits_for = "notification"

    def __init__(
        self,
        buffer: int = DEFAULT_BUFFER,
        overflow: Overflow = "error",
        where: Callable[[Notification], bool] | None = None,
        timeout: float | None = None,
    ) -> None:
        self.timeout = timeout
        self.dropped = 0
        self.waiting: deque[Notification] = deque()
        self._limit = buffer
        self._overflow = overflow
        self._where = where
        self._ended = False
        self._error: Exception | None = None
        self._wake: anyio.Event | None = None

    @property
    def ended(self) -> bool:
        """Whether nothing will be added any more (what waits can still be read)."""
        return self._ended

    @property
    def exhausted(self) -> bool:
        """Whether everything was read and the end is no error."""
        return self._ended and not self.waiting and self._error is None

    def push(self, notification: Notification) -> None:
        """Add a notification; called by the reader."""
        if self._ended or (self._where is not None and not self._where(notification)):
            return
        if len(self.waiting) >= self._limit:
            if self._overflow == "error":
                self.finish(BufferOverflowError(self._limit))
                return
            self.waiting.popleft()
            self.dropped += 1
        self.waiting.append(notification)
        if self._wake is not None:
            self._wake.set()
            self._wake = None

    def bound(self, buffer: int, overflow: Overflow) -> None:
        """Change how many may wait, and what happens when more come; what waits stays."""
        self._limit, self._overflow = buffer, overflow

    def finish(self, error: Exception | None = None) -> None:
        """End the subscription: iteration stops after what waits, with `error` if there is one."""
        if self._ended:
            return
        self._error = error  # before the end, which another thread may look at
        self._ended = True
        if self._wake is not None:
            self._wake.set()
            self._wake = None

    def close(self) -> None:
        """Stop listening and forget what waits."""
        self.finish()
        self.waiting.clear()

    def __aiter__(self) -> Subscription:
        return self

    async def __anext__(self) -> Notification:
        if not self.waiting and not await self.filled():
            raise StopAsyncIteration
        return self.waiting.popleft()

    def take(self) -> Notification | None:
        """Return the next notification if it has come; may be called from any thread."""
        return self.waiting.popleft() if self.waiting else None

    async def batch(self) -> list[Notification]:
        """Wait for a notification and return all that wait; an empty list at the end."""
        await self.filled()
        found = list(self.waiting)
        self.waiting.clear()
        return found

    async def filled(self) -> bool:
        """Wait until there is something to read; False at the end, or the error it ended with."""
        if self.timeout is None:
            return await self._filled()
        with within(self.timeout, self.waits_for, "no notification came"):
            return await self._filled()

    async def _filled(self) -> bool:
        while not self.waiting:
            if self._ended:
                if isinstance(self._error, ConnectionClosedError):
                    raise self._error.again()
                if self._error is not None:
                    raise self._error
                return False
            if self._wake is None:
                self._wake = anyio.Event()
            await self._wake.wait()
        return True


class Topics(Generic[Key]):
    """Subscriptions by key, held weakly: a subscription that nobody reads leaves nothing here.

    `refs` has the keys that somebody listens to. Adding, dropping and ending one costs the same however
    many listen.
    """

    def __init__(self) -> None:
        self.refs: dict[Key, dict[weakref.ref[Subscription], None]] = {}

    def __len__(self) -> int:
        return len(self.refs)

    def add(self, key: Key, subscription: Subscription) -> None:
        """Let `subscription` have what is pushed under `key`."""
        ref = weakref.ref(subscription, lambda dead: self._drop(key, dead))
        self.refs.setdefault(key, {}).setdefault(ref)

    def push(self, key: Key, notification: Notification) -> list[Subscription]:
        """Give a notification to every subscription of `key`; forget and return those that have ended."""
        ended = []
        for ref in tuple(self.refs.get(key, ())):
            subscription = ref()
            if subscription is None:
                continue
            subscription.push(notification)
            if subscription.ended:
                self._drop(key, ref)
                ended.append(subscription)
        return ended

    def drop(self, key: Key, subscription: Subscription) -> None:
        """Forget a subscription of `key`."""
        self._drop(key, weakref.ref(subscription))

    def finish(self, key: Key, error: Exception | None = None) -> list[Subscription]:
        """End every subscription of `key` and forget the key; return those that there were."""
        found = self._all(key)
        self.refs.pop(key, None)
        for subscription in found:
            subscription.finish(error)
        return found

    def prune(self, key: Key) -> list[Subscription]:
        """Forget the subscriptions of `key` that have ended, and return them."""
        found = [subscription for subscription in self._all(key) if subscription.ended]
        for subscription in found:
            self.drop(key, subscription)
        return found

    def finish_all(self, error: Exception | None) -> None:
        """End every subscription."""
        for key in list(self.refs):
            self.finish(key, error)

    def _all(self, key: Key) -> list[Subscription]:
        found = [ref() for ref in self.refs.get(key, ())]
        return [subscription for subscription in found if subscription is not None]

    def _drop(self, key: Key, ref: weakref.ref[Subscription]) -> None:
        refs = self.refs.get(key)
        if refs is None:
            return
        refs.pop(ref, None)
        if not refs:
            del self.refs[key]
