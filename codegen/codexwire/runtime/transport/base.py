"""What a connection needs of a transport."""

from __future__ import annotations

import signal
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias, runtime_checkable

import anyio
from anyio.abc import TaskGroup

__all__ = [
    "MAX_MESSAGE_BYTES",
    "DirectTransport",
    "PostMortem",
    "Transport",
    "TransportFailure",
    "TransportOpener",
    "background_tasks",
]

MAX_MESSAGE_BYTES = 256 * 1024 * 1024
"""The longest message that is read; a longer one ends the connection."""


class TransportFailure(Exception):  # noqa: N818 - not an error that callers see
    """The transport cannot carry any more messages; the text says why.

    A connection turns it into ConnectionClosedError with the transport's post-mortem.
    """


@dataclass(frozen=True, slots=True)
class PostMortem:
    """What is known about the other end after it went away."""

    returncode: int | None = None
    stderr_tail: str = ""

    def __str__(self) -> str:
        """How the process ended, in words; empty when that is unknown."""
        code = self.returncode
        if code is None:
            return ""
        if code >= 0:
            return f"exit code {code}"
        name = next((s.name for s in signal.Signals if s == -code), f"signal {-code}")
        return f"killed by {name}"


class Transport(Protocol):
    """A stream of JSON texts in both directions.

    One task sends at a time, and one receives; both may run at once.
    """

    async def send(self, message: bytes) -> None:
        """Send one JSON text; TransportFailure when the other end is gone."""

    async def receive(self) -> Sequence[bytes]:
        """Wait for the next messages and return all that are there.

        TransportFailure when there will be no more.
        """

    async def post_mortem(self) -> PostMortem:
        """Return what is known about an end that went away; waits shortly for it to be known."""


@runtime_checkable
class DirectTransport(Transport, Protocol):
    """A transport that can do without a task that waits; a connection uses that where it is there."""

    def send_now(self, message: bytes) -> bool:
        """Send one JSON text from any thread, if that can be done without waiting; else send nothing.

        It is never called while `send` runs, nor by two threads at once.
        """

    async def listen(self, take: Callable[[Sequence[bytes]], None]) -> None:
        """Give messages to `take` as they come; TransportFailure at their end, or what `take` raises."""


TransportOpener: TypeAlias = Callable[[], AbstractAsyncContextManager[Transport]]
"""Opens a transport for the time of an `async with` block; LaunchError when it cannot."""


@asynccontextmanager
async def background_tasks(
    *duties: Callable[[], Coroutine[Any, Any, None]],
) -> AsyncIterator[TaskGroup]:
    """Run duties beside the block and cancel them at its end.

    An exception of the block comes out as it is, not as part of a group.
    """
    problem: BaseException | None = None
    async with anyio.create_task_group() as tasks:
        for duty in duties:
            tasks.start_soon(duty)
        try:
            yield tasks
        except anyio.get_cancelled_exc_class():
            raise
        except BaseException as error:
            problem = error
        finally:
            tasks.cancel_scope.cancel()
    if problem is not None:
        raise problem
