"""What every blocking client is made of: the async one in a thread of its own."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from contextlib import ExitStack
from functools import partial
from typing import Any, Generic, Self, TypeVar

from anyio.from_thread import BlockingPortal, start_blocking_portal

from codexwire.runtime.client.peer import AsyncPeer, Params
from codexwire.runtime.client.subscription import Overflow
from codexwire.runtime.client.sync_streams import Notifications, soon
from codexwire.runtime.errors import ConnectionClosedError, UnsupportedError

__all__ = ["BlockingPeer"]

T = TypeVar("T")
Client = TypeVar("Client", bound=AsyncPeer[Any])


class BlockingPeer(Generic[Client]):
    """A client whose methods block; what they take, return and raise is written at the async one."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._portal: BlockingPortal | None = None
        self._stack = ExitStack()

    @classmethod
    def _of(cls, client: Client) -> Self:
        self = cls.__new__(cls)
        BlockingPeer.__init__(self, client)
        return self

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self._portal = stack.enter_context(start_blocking_portal())
            stack.enter_context(self._portal.wrap_async_context_manager(self._client))
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *error: Any) -> bool | None:
        return self._stack.__exit__(*error)

    def request(self, method: str, params: Params = None, *, timeout: float | None = None) -> Any:
        """Send any request and return its result, typed where the method is known."""
        return self.call(self._client.request, method, params, timeout=timeout)

    def notify(self, method: str, params: Params = None) -> None:
        """Send a notification."""
        self.call(self._client.notify, method, params)

    def notifications(
        self,
        *,
        thread_id: str | None = None,
        methods: tuple[str, ...] = (),
        buffer: int | None = None,
        overflow: Overflow = "error",
    ) -> Notifications:
        """Return an iterator over notifications from now on: all, of a thread, or of methods."""
        subscription = self.call(
            soon(self._client.notifications),
            thread_id=thread_id,
            methods=methods,
            buffer=buffer,
            overflow=overflow,
        )
        return Notifications(self.call, subscription)

    def call(
        self, function: Callable[..., Coroutine[Any, Any, T]], /, *args: Any, **named: Any
    ) -> T:
        """Run an async function in the client's thread and return its result.

        When the waiting is interrupted (KeyboardInterrupt), the function is cancelled.
        """
        if self._portal is None:
            raise UnsupportedError("the client is not open", hint="use it with `with`")
        call: Callable[[], Coroutine[Any, Any, T]] = partial(function, *args, **named)
        try:
            future: Future[T] = self._portal.start_task_soon(call)
        except RuntimeError:
            raise ConnectionClosedError("the client is closed") from None
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise
