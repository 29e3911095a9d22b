"""What every blocking client is made of: the async one in a thread of its own.

Requests do without its tasks: the calling thread waits for the answer, which the reader hands over.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping
from concurrent.futures import CancelledError
from time import monotonic
from typing import Any, Generic, Self, TypeVar

from codexwire.profiles.app_server.turns import STARTS
from codexwire.runtime.client.loop_thread import LoopThread
from codexwire.runtime.client.options import RetryPolicy
from codexwire.runtime.client.peer import AsyncPeer, Params
from codexwire.runtime.client.router import Statistics
from codexwire.runtime.client.subscription import Overflow
from codexwire.runtime.client.sync_streams import Notifications, blocking, soon
from codexwire.runtime.errors import ConnectionClosedError, OverloadedError, UnsupportedError
from codexwire.runtime.transport.base import PostMortem

__all__ = ["BlockingPeer"]

T = TypeVar("T")
_END: Any = object()
Client = TypeVar("Client", bound=AsyncPeer[Any])


class BlockingPeer(Generic[Client]):
    """A client whose methods block; what they take, return and raise is written at the async one."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._loop: LoopThread | None = None
        self._process = 0
        self._is_open = False

    @property
    def _inner(self) -> Client:
        return self._client

    @classmethod
    def _of(cls, client: Client) -> Self:
        self = cls.__new__(cls)
        BlockingPeer.__init__(self, client)
        return self

    def __enter__(self) -> Self:
        return self._open()

    def __exit__(self, *_: object) -> None:
        self.close()

    def _open(self, timeout: float | None = None) -> Self:
        """Connect and do what a fresh connection needs, within `timeout` seconds."""
        if self._is_open and self._is_here:
            raise UnsupportedError("the client is open already", hint="close it first")
        self._process, self._is_open = os.getpid(), True
        self._loop = LoopThread()
        try:
            self.call(self._client._open, timeout)
        except BaseException:
            self.close()
            raise
        return self

    def close(self) -> None:
        """Close the connection and wait until its server has left; nothing for a closed client."""
        was_open, self._is_open = self._is_open, False
        if was_open and self._is_here and self._loop is not None:
            try:
                self.call(self._client.close)
            finally:
                self._loop.stop()

    @property
    def _is_here(self) -> bool:
        """Whether this is the process that the client was opened in, and not a forked child of it."""
        return self._process == os.getpid()

    def request(
        self,
        method: str,
        params: Params = None,
        *,
        timeout: float | None = None,
        retry: RetryPolicy | None = None,
        trace: Mapping[str, str] | None = None,
    ) -> Any:
        """Send any request and return its result, typed where the method is known."""
        result = self.ask(method, params, timeout=timeout, retry=retry, trace=trace)
        return self._client.codec.result(method, result)

    def pages(
        self, method: str, params: Params = None, *, timeout: float | None = None
    ) -> Iterator[Any]:
        """Yield the results of a request that lists in pages."""
        return self._each(self._client.pages(method, params, timeout=timeout))

    def list_all(
        self, method: str, params: Params = None, *, timeout: float | None = None
    ) -> Iterator[Any]:
        """Yield the entries of every page of a list, typed where the method is known."""
        return self._each(self._client.list_all(method, params, timeout=timeout))

    def _each(self, source: AsyncIterator[Any]) -> Iterator[Any]:
        async def step() -> Any:
            return await anext(source, _END)

        while (found := self.call(step)) is not _END:
            yield found

    def ask(
        self,
        method: str,
        params: Params = None,
        *,
        timeout: float | None = None,
        retry: RetryPolicy | None = None,
        trace: Mapping[str, str] | None = None,
    ) -> Any:
        """Do as `request`, with the result as it is on the wire."""
        client, begun = self._client, monotonic()
        if method in STARTS or client.connects_again or self._loop is None:
            ask = client.ask
            return self.call(ask, method, params, timeout=timeout, retry=retry, trace=trace)
        limit = client.options.timeout if timeout is None else timeout
        retry = retry or client.options.retry
        try:
            return client.connection.ask_blocking(method, params, trace, limit, self._loop.soon)
        except OverloadedError:
            if not retry.retries:
                raise
        left = None if limit is None else begun + limit - monotonic()
        return self.call(client.ask_again, method, params, trace, retry, limit, left)

    @property
    def statistics(self) -> Statistics:
        """What the connection has seen: counts of messages."""
        return self._client.connection.router.statistics

    @property
    def unreadable(self) -> tuple[bytes, ...]:
        """The last lines that were no messages."""
        return tuple(self._client.connection.unreadable)

    @property
    def post_mortem(self) -> PostMortem | None:
        """How the server's process ended: exit code and end of standard error, once it is closed."""
        return self._client.post_mortem

    notify = blocking(AsyncPeer.notify)

    def notifications(
        self,
        *,
        thread_id: str | None = None,
        methods: tuple[str, ...] = (),
        buffer: int | None = None,
        overflow: Overflow = "error",
        timeout: float | None = None,
    ) -> Notifications:
        """Return an iterator over notifications from now on: all, of a thread, or of methods."""
        subscription = self.call(
            soon(self._client.notifications),
            thread_id=thread_id,
            methods=methods,
            buffer=buffer,
            overflow=overflow,
            timeout=timeout,
        )
        return Notifications(self.call, subscription)

    def call(
        self, function: Callable[..., Coroutine[Any, Any, T]], /, *args: Any, **named: Any
    ) -> T:
        """Run an async function in the client's thread and return its result.

        When the waiting is interrupted (KeyboardInterrupt), the function is cancelled.
        """
        if self._loop is None:
            raise UnsupportedError("the client is not open", hint="use it with `with`")
        if not self._is_here:
            raise UnsupportedError(
                "the client was opened in another process", hint="open one after the fork"
            )
        try:
            future = self._loop.submit(function, *args, **named)
        except RuntimeError:
            raise ConnectionClosedError("the client is closed") from None
        try:
            return future.result()
        except CancelledError:
            raise ConnectionClosedError("the client was closed meanwhile") from None
        except BaseException:
            future.cancel()
            raise

    _call = call
