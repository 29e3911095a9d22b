"""Turns as async iterators: of notifications, and of the answer's text."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, suppress
from time import monotonic
from typing import Any, Protocol

import anyio

from codexwire.model.message import Json
from codexwire.model.turn_state import TurnState
from codexwire.profiles.app_server import turns
from codexwire.runtime.client.backfill import RECONNECTED, TurnGap
from codexwire.runtime.client.connection import Connection
from codexwire.runtime.client.dialect import UserInput
from codexwire.runtime.client.kept import LOST
from codexwire.runtime.client.limit import within
from codexwire.runtime.client.messages import Codec, Notification
from codexwire.runtime.client.router import TurnKey
from codexwire.runtime.client.subscription import Subscription
from codexwire.runtime.client.turn import TurnResult, result_of
from codexwire.runtime.client.waits import Waits
from codexwire.runtime.errors import (
    ClientError,
    ConnectionClosedError,
    RequestTimeoutError,
    TurnFailedError,
)

__all__ = ["AsyncTextStream", "AsyncTurn", "AsyncTurnStream", "TurnClient"]

_INTERRUPT_WAIT = 0.5
_READ_WAIT = 10.0
_OURS = frozenset({LOST, RECONNECTED})


class TurnClient(Protocol):
    """What a turn needs of the client that follows it."""

    @property
    def connection(self) -> Connection:
        """The connection that the turn's notifications come by."""

    @property
    def codec(self) -> Codec:
        """What writes and reads the models."""

    async def read_turn(self, thread_id: str, turn_id: str) -> Json:
        """Return a turn as the server tells it now, `{}` if it does not."""

    async def interrupt(self, thread_id: str, turn_id: str | None = None) -> None:
        """End a turn as `interrupted`."""

    async def steer(
        self, thread_id: str, text_or_items: UserInput, turn_id: str | None = None
    ) -> None:
        """Add to the input of a running turn."""


class AsyncTurn(Waits[Notification]):
    """A turn that this client follows: an async iterator of its notifications, the end included.

    Reading it is optional: it may also only be waited for (`result`), or dropped, which leaves nothing
    behind; the turn itself goes on in the server. As a context manager it is interrupted at the end of
    the block if it still runs.

    `state` is what the notifications read so far say (`codexwire.turns`); of the server's requests it
    says nothing, the client's handlers answer them. A turn whose end is only
    hinted at (its thread is idle, or failed) ends as that says when nothing more has come for `grace`
    seconds.
    """

    waits_for = "notification of the turn"

    def __init__(
        self,
        client: TurnClient,
        key: TurnKey,
        subscription: Subscription,
        grace: float,
    ) -> None:
        self.thread_id, self.turn_id = key
        self._client = client
        self._subscription = subscription
        self._grace = grace
        self._lost = 0
        self._reconnects = 0
        self._gap: TurnGap | None = None
        self._timeout: float | None = None
        self._deadline: float | None = None
        self._state = turns.start(*key)
        self._life = turns.start(*key, content=False)
        self._unfolded: list[tuple[Json, float]] = []  # read, and not yet in `_state`
        self._telling = client.connection.router.life

    def __aiter__(self) -> AsyncTurn:
        return self

    async def __aenter__(self) -> AsyncTurn:
        return self

    async def __aexit__(self, *_: Any) -> None:
        await self.abandon()

    async def __anext__(self) -> Notification:
        while (notification := self.take()) is None:
            if not await self.filled():
                raise StopAsyncIteration
        return notification

    @property
    def state(self) -> TurnState:
        """What the notifications read so far say.

        It is made when it is asked for: who only reads the notifications does not pay for it.
        """
        for raw, at in self._unfolded:
            self._state = turns.advance(self._state, raw, at)
        self._unfolded.clear()
        return self._state

    @property
    def exhausted(self) -> bool:
        """Whether everything was read and the end is no error."""
        return self._subscription.exhausted and self._life.ended

    async def filled(self) -> bool:
        """Wait until there may be a notification to `take`; False at the end."""
        presumed = self._life.presumed
        left = None if presumed is None else presumed.at + self._grace - monotonic()
        try:
            with self._in_time():
                if self._gap is not None and self._gap.held is not None:
                    told = await self._told()
                    self._gap.go_on(self.state, told, tuple(self._subscription.waiting))
                    return True
                with anyio.move_on_after(left) as patience:
                    if await self._subscription.filled():
                        return True
        except RequestTimeoutError:
            await self.abandon()
            raise
        except ConnectionClosedError:
            self._settle("the connection was lost")
            raise
        self._settle("no more came")
        self._subscription.close()
        if patience.cancelled_caught:
            self._client.connection.router.settle((self.thread_id, self.turn_id))
        return False

    def take(self) -> Notification | None:
        """Return the next notification if it has come; may be called from any thread.

        Those that are about the thread, and do not name the turn, only change its state.
        """
        waiting = self._subscription.waiting
        while waiting or self._gap is not None:
            notification = waiting.popleft() if self._gap is None else self._behind(self._gap)
            if notification is None:
                return None
            raw, at = notification.raw, monotonic()
            self._unfolded.append((raw, at))
            if self._life.presumed is not None or notification.method in self._telling:
                self._life = turns.advance(self._life, raw, at)
            if notification.method in _OURS:
                self._heed(notification)
            if notification.turn_id is not None:
                return notification
        return None

    def _behind(self, gap: TurnGap) -> Notification | None:
        """Return what comes next behind a gap: what was filled in, or what waits and is new."""
        waiting = self._subscription.waiting
        if gap.fill:
            return gap.fill.popleft()
        while waiting and gap.held is None:
            passed = gap.let_through(waiting.popleft())
            if passed is not None:
                return passed
        return None

    def _heed(self, notification: Notification) -> None:
        """Take in what the client itself says of the turn."""
        if notification.method == LOST:
            self._lost += notification.wire_params["notifications"]
            return
        self._reconnects += 1
        self._gap = TurnGap(self.state, self._client.codec)
        told = notification.wire_params["turn"] or {}
        self._gap.open(self.state, told, tuple(self._subscription.waiting))

    async def _told(self) -> Json:
        """Return the turn as the server tells it, `{}` if it does not within a few seconds."""
        with anyio.move_on_after(_READ_WAIT), suppress(ClientError):
            return await self._client.read_turn(self.thread_id, self.turn_id)
        return {}

    def limit(self, timeout: float | None, since: float) -> None:
        """Let the turn take `timeout` seconds since a time of the monotonic clock.

        One that has not ended then is interrupted, and reading on is a RequestTimeoutError.
        """
        self._timeout = timeout
        self._deadline = None if timeout is None else since + timeout

    def _in_time(self) -> AbstractContextManager[None]:
        """Limit a wait to what is left of the turn's time."""
        left = None if self._deadline is None else max(self._deadline - monotonic(), 0)
        return within(self._timeout, "turn/completed", self._missing, left=left)

    @property
    def _missing(self) -> str:
        return f"turn {self.turn_id} did not end"

    def _settle(self, reason: str) -> None:
        """Take the turn for ended, for want of anything better, unless it has ended."""
        if not self._life.ended:
            self._state = turns.settle(self.state, reason, monotonic())
            self._life = self._state.without_content()

    def text_of(self, notification: Notification) -> str:  # noqa: ARG002 - it is the last one read
        """Return the text that the notification just read adds to the answer; empty for none."""
        return self.state.added

    async def result(self, *, timeout: float | None = None) -> TurnResult:
        """Read to the end and return what the turn came to, all that was read before included.

        RequestTimeoutError when it has not ended after `timeout` seconds; it goes on, and so may the
        reading.
        """
        with within(timeout, "turn/completed", self._missing):
            async for _ in self:
                pass
        return self.result_so_far()

    def result_so_far(self) -> TurnResult:
        """Return what is known from the notifications read so far."""
        return result_of(self.state, self._client.codec, self._lost, self._reconnects)

    async def interrupt(self) -> None:
        """Ask the server to end the turn; it then ends as `interrupted`."""
        await self._client.interrupt(self.thread_id, self.turn_id)

    async def steer(self, text_or_items: UserInput) -> None:
        """Add to the turn's input; TurnNotActiveError when it has ended."""
        await self._client.steer(self.thread_id, text_or_items, self.turn_id)

    def close(self) -> None:
        """Stop following; the turn goes on."""
        self._subscription.close()

    async def abandon(self) -> None:
        """Interrupt the turn, waiting at most half a second for the answer, and stop following."""
        if not self._subscription.ended:
            # A ClientError: it ended meanwhile, or there is no server any more.
            with anyio.move_on_after(_INTERRUPT_WAIT, shield=True), suppress(ClientError):
                await self.interrupt()
        self.close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.turn_id} on {self.thread_id}>"


class AsyncTurnStream:
    """A turn that is started when its first notification is asked for.

    As a context manager it is started at once, and a turn that has not ended at the end of the block
    is interrupted. `turn` is the turn, None before it is started.
    """

    def __init__(self, start: Callable[[], Awaitable[AsyncTurn]]) -> None:
        self._start = start
        self.turn: AsyncTurn | None = None

    async def started(self) -> AsyncTurn:
        """Start the turn, if that has not been done, and return it."""
        if self.turn is None:
            self.turn = await self._start()
        return self.turn

    def __aiter__(self) -> AsyncTurnStream:
        return self

    async def __anext__(self) -> Notification:
        return await anext(self.turn or await self.started())

    async def __aenter__(self) -> AsyncTurnStream:
        await self.started()
        return self

    async def __aexit__(self, *_: Any) -> None:
        if self.turn is not None:
            await self.turn.abandon()


class AsyncTextStream:
    """The answer's text, piece by piece, of a turn that is started when the first piece is asked for.

    TurnFailedError at the end of a turn that did not complete. As a context manager, and `turn`: as
    `AsyncTurnStream`.
    """

    def __init__(self, stream: AsyncTurnStream) -> None:
        self._stream = stream

    @property
    def turn(self) -> AsyncTurn | None:
        """The turn, None before it is started."""
        return self._stream.turn

    def __aiter__(self) -> AsyncTextStream:
        return self

    async def __anext__(self) -> str:
        turn = await self._stream.started()
        async for notification in turn:
            text = turn.text_of(notification)
            if text:
                return text
        raise_unless_completed(turn.result_so_far())
        raise StopAsyncIteration

    async def __aenter__(self) -> AsyncTextStream:
        await self._stream.started()
        return self

    async def __aexit__(self, *_: Any) -> None:
        await self._stream.__aexit__()


def raise_unless_completed(result: TurnResult) -> None:
    """Raise TurnFailedError for a turn that ended as anything but `completed`."""
    if result.status != "completed":
        raise TurnFailedError(result)
