"""What the sync client hands out: turns, notifications and commands as plain iterators."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, Concatenate, Generic, ParamSpec, Protocol, Self, TypeVar

from codexwire.model.turn_state import TurnState
from codexwire.runtime.client.command import AsyncCommand, CommandOutput
from codexwire.runtime.client.messages import Notification
from codexwire.runtime.client.streams import AsyncTurn
from codexwire.runtime.client.subscription import Subscription
from codexwire.runtime.client.turn import TurnResult

__all__ = [
    "AsyncFeed",
    "Blocking",
    "BlockingIterator",
    "Command",
    "Notifications",
    "ThreadCall",
    "Turn",
    "blocking",
    "soon",
]

P = ParamSpec("P")
T = TypeVar("T")
Inner = TypeVar("Inner")
Item = TypeVar("Item")
Item_co = TypeVar("Item_co", covariant=True)


class ThreadCall(Protocol):
    """Runs an async function in the client's thread and returns its result."""

    def __call__(
        self, function: Callable[..., Coroutine[Any, Any, T]], /, *args: Any, **named: Any
    ) -> T:
        """Call `function` and wait for its result."""


def soon(function: Callable[..., T]) -> Callable[..., Coroutine[Any, Any, T]]:
    """Return a plain function as an async one, to run it in the client's thread."""

    async def run(*args: Any, **named: Any) -> T:
        return function(*args, **named)

    return run


def blocking(
    method: Callable[Concatenate[Any, P], Coroutine[Any, Any, T]],
) -> Callable[Concatenate[Any, P], T]:
    """Return an async method as a blocking one: it runs in the client's thread, and is waited for.

    It is for classes that have the async object in `_inner` and a `ThreadCall` in `_call`.
    """

    @wraps(method)
    def run(self: Any, /, *args: P.args, **named: P.kwargs) -> T:
        result: T = self._call(getattr(self._inner, method.__name__), *args, **named)
        return result

    return run


class Blocking(Generic[Inner]):
    """Wraps an async object; its methods run in the client's thread and are waited for."""

    def __init__(self, call: ThreadCall, inner: Inner) -> None:
        self._call = call
        self._inner = inner


class AsyncFeed(Protocol[Item_co]):
    """What a blocking iterator needs of the async one that it wraps."""

    @property
    def exhausted(self) -> bool:
        """Whether everything was taken and the end is no error."""

    def take(self) -> Item_co | None:
        """Return the next item if it has come."""

    async def filled(self) -> bool:
        """Wait until there is an item to take; False at the end."""

    async def next(self, *, timeout: float | None = None) -> Item_co | None:
        """Return the next item, None at the end."""


Iterated = TypeVar("Iterated", bound=AsyncFeed[Any])


class BlockingIterator(Blocking[Iterated], Generic[Iterated, Item]):
    """A blocking iterator. It goes to the client's thread only to wait: going there is slow."""

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Item:
        item: Item | None = self._inner.take()
        while item is None:
            if self._inner.exhausted or not self._call(self._inner.filled):
                raise StopIteration
            item = self._inner.take()
        return item

    def next(self, *, timeout: float | None = None) -> Item | None:
        """Return the next one, None at the end; RequestTimeoutError when none comes in time."""
        return self._call(self._inner.next, timeout=timeout)


class Notifications(BlockingIterator[Subscription, Notification]):
    """An iterator over notifications; see `Subscription`."""

    @property
    def dropped(self) -> int:
        """How many notifications the policy `drop_oldest` has dropped."""
        return self._inner.dropped

    def close(self) -> None:
        """Stop listening."""
        self._call(soon(self._inner.close))


class Turn(BlockingIterator[AsyncTurn, Notification]):
    """A turn that this client follows; see `AsyncTurn`."""

    def __init__(self, call: ThreadCall, turn: AsyncTurn) -> None:
        super().__init__(call, turn)
        self.thread_id = turn.thread_id
        self.turn_id = turn.turn_id

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: Any) -> None:
        self._call(self._inner.abandon)

    @property
    def state(self) -> TurnState:
        """What the notifications read so far say; see `codexwire.turns`."""
        return self._inner.state

    def text_of(self, notification: Notification) -> str:
        """Return the text that a notification just read adds to the answer; empty for none."""
        return self._inner.text_of(notification)

    result = blocking(AsyncTurn.result)

    def result_so_far(self) -> TurnResult:
        """Return what is known from the notifications that have come."""
        return self._inner.result_so_far()

    interrupt = blocking(AsyncTurn.interrupt)
    steer = blocking(AsyncTurn.steer)

    def close(self) -> None:
        """Stop following; the turn goes on."""
        self._call(soon(self._inner.close))


class Command(BlockingIterator[AsyncCommand, CommandOutput]):
    """A command: `run()` for its result, or `with` to talk with it; see `AsyncCommand`."""

    def __init__(self, call: ThreadCall, command: AsyncCommand) -> None:
        super().__init__(call, command)
        self.process_id = command.process_id

    run = blocking(AsyncCommand.run)

    def __enter__(self) -> Self:
        self._call(self._inner.__aenter__)
        return self

    def __exit__(self, *error: Any) -> None:
        self._call(self._inner.__aexit__, *error)

    wait = blocking(AsyncCommand.wait)
    write = blocking(AsyncCommand.write)
    close_stdin = blocking(AsyncCommand.close_stdin)
    resize = blocking(AsyncCommand.resize)
    terminate = blocking(AsyncCommand.terminate)
