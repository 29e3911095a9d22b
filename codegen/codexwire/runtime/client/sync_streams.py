"""What the sync client hands out: turns, notifications and commands as plain iterators."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, Generic, Protocol, Self, TypeVar

from codexwire.model.turn_state import TurnState
from codexwire.runtime.client.command import AsyncCommand, CommandOutput, CommandResult
from codexwire.runtime.client.dialect import UserInput
from codexwire.runtime.client.messages import Notification
from codexwire.runtime.client.streams import AsyncTurn
from codexwire.runtime.client.subscription import Subscription
from codexwire.runtime.client.turn import TurnResult

__all__ = ["Blocking", "Call", "Command", "Notifications", "Source", "Turn", "soon"]

T = TypeVar("T")
Item = TypeVar("Item")
Item_co = TypeVar("Item_co", covariant=True)


class Call(Protocol):
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


class Source(Protocol[Item_co]):
    """What an async iterator offers to a blocking one."""

    @property
    def exhausted(self) -> bool:
        """Whether everything was taken and the end is no error."""

    def take(self) -> Item_co | None:
        """Return the next item if it has come."""

    async def filled(self) -> bool:
        """Wait until there is an item to take; False at the end."""

    async def next(self, *, timeout: float | None = None) -> Item_co | None:
        """Return the next item, None at the end."""


class Blocking(Generic[Item]):
    """A blocking iterator. It goes to the client's thread only to wait: going there is slow."""

    def __init__(self, call: Call, source: Source[Item]) -> None:
        self._call = call
        self._source = source

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Item:
        item = self._source.take()
        while item is None:
            if self._source.exhausted or not self._call(self._source.filled):
                raise StopIteration
            item = self._source.take()
        return item

    def next(self, *, timeout: float | None = None) -> Item | None:
        """Return the next one, None at the end; RequestTimeoutError when none comes in time."""
        return self._call(self._source.next, timeout=timeout)


class Notifications(Blocking[Notification]):
    """An iterator over notifications; see `Subscription`."""

    def __init__(self, call: Call, subscription: Subscription) -> None:
        super().__init__(call, subscription)
        self._subscription = subscription

    @property
    def dropped(self) -> int:
        """How many notifications the policy `drop_oldest` has dropped."""
        return self._subscription.dropped

    def close(self) -> None:
        """Stop listening."""
        self._call(soon(self._subscription.close))


class Turn(Blocking[Notification]):
    """A turn that this client follows; see `AsyncTurn`."""

    def __init__(self, call: Call, turn: AsyncTurn) -> None:
        super().__init__(call, turn)
        self._turn = turn
        self.thread_id = turn.thread_id
        self.turn_id = turn.turn_id

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: Any) -> None:
        self._call(self._turn.abandon)

    @property
    def state(self) -> TurnState:
        """What the notifications read so far say; see `codexwire.turns`."""
        return self._turn.state

    def text_of(self, notification: Notification) -> str:
        """Return the text that a notification just read adds to the answer; empty for none."""
        return self._turn.text_of(notification)

    def result(self, *, timeout: float | None = None) -> TurnResult:
        """Read to the end and return what the turn came to."""
        return self._call(self._turn.result, timeout=timeout)

    def result_so_far(self) -> TurnResult:
        """Return what is known from the notifications that have come."""
        return self._turn.result_so_far()

    def interrupt(self) -> None:
        """Ask the server to end the turn; it then ends as `interrupted`."""
        self._call(self._turn.interrupt)

    def steer(self, text_or_items: UserInput) -> None:
        """Add to the turn's input; TurnNotActiveError when it has ended."""
        self._call(self._turn.steer, text_or_items)

    def close(self) -> None:
        """Stop following; the turn goes on."""
        self._call(soon(self._turn.close))


class Command(Blocking[CommandOutput]):
    """A command: `run()` for its result, or `with` to talk with it; see `AsyncCommand`."""

    def __init__(self, call: Call, command: AsyncCommand) -> None:
        super().__init__(call, command)
        self._command = command
        self.process_id = command.process_id

    def run(self, *, timeout: float | None = None) -> CommandResult:
        """Run the command to its end and return its result."""
        return self._call(self._command.run, timeout=timeout)

    def __enter__(self) -> Self:
        self._call(self._command.__aenter__)
        return self

    def __exit__(self, *error: Any) -> None:
        self._call(self._command.__aexit__, *error)

    def wait(self, *, timeout: float | None = None) -> CommandResult:
        """Return the result when the command has ended."""
        return self._call(self._command.wait, timeout=timeout)

    def write(self, data: bytes, *, close: bool = False) -> None:
        """Write to the command's standard input, and close it if asked to."""
        self._call(self._command.write, data, close=close)

    def close_stdin(self) -> None:
        """Close the command's standard input."""
        self._call(self._command.close_stdin)

    def resize(self, rows: int, columns: int) -> None:
        """Give the command's terminal a new size."""
        self._call(self._command.resize, rows, columns)

    def terminate(self) -> None:
        """Kill the command."""
        self._call(self._command.terminate)
