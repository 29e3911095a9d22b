"""Who gets what: answers to waiters, notifications to turns, threads, methods and everyone.

A router belongs to one event loop and never waits: the reader calls it for each message, in the order
of the wire. What it keeps is bounded:

- a waiter for each request in flight, removed when the request ends in whatever way;
- the notifications of a thread's turns while a turn is being started on it (`expecting`), because
  they can come before the answer that names the turn; dropped when the start has ended;
- the ends of the last 64 turns, for those who ask for an end after it came;
- nothing of a turn that nobody consumes.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import anyio

from codexwire.model.exchange import Exchange
from codexwire.model.message import Json, MessageKind, RequestId, kind_of, request_id
from codexwire.runtime.client.messages import Notification
from codexwire.runtime.client.subscription import DEFAULT_BUFFER, Subscription, Topics
from codexwire.runtime.errors import ClientError, ConnectionClosedError, rpc_error

__all__ = ["TURN_SIGNALS", "Router", "Statistics", "TurnKey", "TurnSignals", "Waiter"]

TurnKey: TypeAlias = "tuple[str, str]"
"""Thread id and turn id: turn ids repeat across threads up to 0.99.0."""

_ENDS_KEPT = 64


@dataclass(frozen=True, slots=True)
class TurnSignals:
    """The methods that say that a turn began, that it ended, and that its thread is gone."""

    started: frozenset[str]
    ended: frozenset[str]
    gone: frozenset[str] = frozenset({"thread/closed", "thread/deleted"})


TURN_SIGNALS = TurnSignals(frozenset({"turn/started"}), frozenset({"turn/completed"}))
"""The signals of the v2 API."""


@dataclass(slots=True)
class Statistics:
    """What a connection has seen: counts of messages."""

    answers: int = 0
    stray_answers: int = 0
    notifications: int = 0
    server_requests: int = 0
    unreadable: int = 0


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


@dataclass(slots=True)
class _Expectation:
    """Turns being started on one thread: how many, and what has come for its turns meanwhile."""

    starts: int = 0
    buffer: int = 0
    early: dict[str, Subscription] = field(default_factory=dict)


class Router:
    """See the module."""

    def __init__(self, signals: TurnSignals = TURN_SIGNALS) -> None:
        self.signals = signals
        self.statistics = Statistics()
        self.failure: ConnectionClosedError | None = None
        self._waiters: Exchange[RequestId, Waiter] = Exchange()
        self._turns: Topics[TurnKey] = Topics()
        self._threads: Topics[str] = Topics()
        self._methods: Topics[str] = Topics()
        self._everything: Topics[None] = Topics()
        self._expected: dict[str, _Expectation] = {}
        self._active: dict[str, str] = {}
        self._idle: dict[str, anyio.Event] = {}
        self._ends: OrderedDict[TurnKey, Notification] = OrderedDict()

    # Requests

    def expect_answer(self, rid: RequestId, method: str) -> Waiter:
        """Return the waiter for the answer to a request that is about to be sent."""
        self.check_open()
        waiter = Waiter(method)
        self._waiters.ask(rid, waiter)
        return waiter

    def forget_answer(self, rid: RequestId, waiter: Waiter) -> None:
        """Drop the waiter; an answer that still comes is counted as stray."""
        self._waiters.drop(rid, waiter)

    def route_answer(self, message: Json) -> None:
        """Give a response or an error to the request with that id (7 and "7" differ)."""
        rid = request_id(message.get("id"))
        waiter = None if rid is None else self._waiters.take(rid)
        if waiter is None:
            self.statistics.stray_answers += 1
            return
        self.statistics.answers += 1
        if kind_of(message) is MessageKind.ERROR:
            waiter.fail(rpc_error(message["error"], waiter.method))
        else:
            waiter.succeed(message.get("result"))

    # Notifications

    def route(self, notification: Notification) -> None:
        """Give a notification to everyone who wants it."""
        self.statistics.notifications += 1
        method, thread, turn = notification.method, notification.thread_id, notification.turn_id
        if turn is not None:
            if thread is None:
                thread = notification.thread_id = self._only_thread(turn)
            if thread is not None:
                self._route_turn(notification, (thread, turn))
        elif thread is not None and method in self.signals.gone:
            self._abandon(thread)
        # The keys are looked up here: a call for each would cost as much as all the rest.
        if thread in self._threads.refs:
            self._threads.push(thread, notification)
        if method in self._methods.refs:
            self._methods.push(method, notification)
        if self._everything.refs:
            self._everything.push(None, notification)

    def _route_turn(self, notification: Notification, key: TurnKey) -> None:
        thread, turn = key
        method = notification.method
        if thread in self._expected and turn not in self._expected[thread].early:
            self._keep_early(self._expected[thread], key)
        if method in self.signals.started and key not in self._ends:
            self._active[thread] = turn
        if key in self._turns.refs:
            self._turns.push(key, notification)
        if method in self.signals.ended:
            self._ends[key] = notification
            if len(self._ends) > _ENDS_KEPT:
                self._ends.popitem(last=False)
            self._end(key)

    def _keep_early(self, expectation: _Expectation, key: TurnKey) -> None:
        early = expectation.early[key[1]] = Subscription(expectation.buffer)
        self._turns.add(key, early)

    def _end(self, key: TurnKey) -> None:
        self._turns.finish(key)
        if self._active.get(key[0]) == key[1]:
            self._free(key[0])

    def _free(self, thread: str) -> None:
        self._active.pop(thread, None)
        idle = self._idle.pop(thread, None)
        if idle is not None:
            idle.set()

    def _abandon(self, thread: str) -> None:
        """End the thread's turn: the thread is gone and no more will come."""
        turn = self._active.get(thread)
        if turn is not None:
            self._end((thread, turn))

    def _only_thread(self, turn: str) -> str | None:
        """Return the thread whose turn must be meant, for releases that do not name it (0.58.0)."""
        threads = [thread for thread, active in self._active.items() if active == turn]
        return threads[0] if len(threads) == 1 else None

    # Consumers

    def subscribe(
        self,
        subscription: Subscription,
        *,
        thread_id: str | None = None,
        methods: tuple[str, ...] = (),
    ) -> Subscription:
        """Register a subscription for a thread, for methods, or (neither) for everything."""
        self.check_open()
        if thread_id is not None:
            self._threads.add(thread_id, subscription)
        for method in methods:
            self._methods.add(method, subscription)
        if thread_id is None and not methods:
            self._everything.add(None, subscription)
        return subscription

    def follow_turn(self, key: TurnKey, buffer: int = DEFAULT_BUFFER) -> Subscription:
        """Return a subscription to a turn from now on; of an ended turn, to its end only."""
        self.check_open()
        subscription = Subscription(buffer)
        end = self._ends.get(key)
        if end is None:
            self._turns.add(key, subscription)
        else:
            subscription.push(end)
            subscription.finish()
        return subscription

    @contextmanager
    def expecting(self, thread_id: str, buffer: int = DEFAULT_BUFFER) -> Iterator[None]:
        """Keep what comes for the thread's turns while a turn is being started on it."""
        expectation = self._expected.setdefault(thread_id, _Expectation())
        expectation.starts += 1
        expectation.buffer = max(expectation.buffer, buffer)
        try:
            yield
        finally:
            expectation.starts -= 1
            if not expectation.starts:
                del self._expected[thread_id]

    def claim(self, key: TurnKey) -> Subscription:
        """Return the subscription of the one who started a turn, from its first notification on.

        To be called inside `expecting`, as soon as the turn's id is known.
        """
        thread, turn = key
        expectation = self._expected[thread]
        early = expectation.early.pop(turn, None)
        subscription = early or self.follow_turn(key, expectation.buffer)
        if not subscription.ended:
            self._active[thread] = turn
        return subscription

    # Threads

    def active_turn(self, thread_id: str) -> str | None:
        """Return the turn that runs on a thread, as far as this connection has heard."""
        return self._active.get(thread_id)

    async def wait_idle(self, thread_id: str) -> None:
        """Wait until no turn runs on the thread."""
        while thread_id in self._active:
            await self._idle.setdefault(thread_id, anyio.Event()).wait()
        self.check_open()

    # The end

    def check_open(self) -> None:
        """Raise ConnectionClosedError when the connection is gone."""
        if self.failure is not None:
            raise self.failure.again()

    def fail(self, error: ConnectionClosedError) -> None:
        """Wake everyone who waits, with the cause; the first call counts."""
        if self.failure is not None:
            return
        self.failure = error
        waiters, self._waiters = self._waiters, Exchange()
        for _, waiter in waiters:
            waiter.fail(error.again())
        for topics in (self._turns, self._threads, self._methods, self._everything):
            topics.finish_all(error)
        for thread in list(self._active):
            self._free(thread)

    def leftovers(self) -> dict[str, int]:
        """Return how much is kept of each kind; all 0 when nothing is in flight and nobody listens."""
        return {
            "waiters": len(self._waiters),
            "turns": len(self._turns),
            "threads": len(self._threads),
            "methods": len(self._methods),
            "everything": len(self._everything),
            "expected": len(self._expected),
            "active": len(self._active),
            "idle": len(self._idle),
        }
