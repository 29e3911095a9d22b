"""Who gets what: answers to waiters, notifications to turns, threads, methods and everyone.

A router belongs to one event loop (but for the requests in flight, which any thread may add) and never
waits: the reader calls it for each message, in the order of the wire. What it keeps is bounded:

- a waiter for each request in flight, removed when the request ends in whatever way;
- the notifications of a thread's turns while a turn is being started on it (`expecting`), because
  they can come before the answer that names the turn; dropped when the start has ended;
- whether a turn runs on a thread, and which;
- what a turn that was started here has said until somebody follows it, and the ends of turns, both up
  to the bounds of `codexwire.runtime.client.kept`; the last status of 4,096 threads;
- nothing else of a turn that nobody consumes.

A turn's consumers get what names the turn, and what is said of its thread: that may be all that is ever
said of the turn's end (`codexwire.turns`).
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic

import anyio

from codexwire.model.message import Json, RequestId, request_id
from codexwire.model.turn_state import TurnState
from codexwire.profiles.app_server import turns
from codexwire.runtime.client.kept import Ends, Expectation, TurnKey, Untaken
from codexwire.runtime.client.messages import Notification
from codexwire.runtime.client.statistics import Statistics
from codexwire.runtime.client.subscription import DEFAULT_BUFFER, Subscription, Topics
from codexwire.runtime.client.waiter import Waiter
from codexwire.runtime.errors import ConnectionClosedError, UnreadableAnswerError, rpc_error

__all__ = ["Router", "Statistics", "TurnKey", "Waiter"]

_STATUSES_KEPT = 4096


@dataclass(slots=True)
class _Running:
    """A turn that runs, and the notification that hinted at its end, if one did."""

    state: TurnState
    told_by: Notification | None = None


class Router:
    """Routes incoming messages to waiters and subscribers; never blocks.

    `life` names the notifications that tell whether a turn runs."""

    def __init__(self, life: Collection[str] = turns.LIFE) -> None:
        self.life = life
        self.statistics = Statistics()
        self.failure: ConnectionClosedError | None = None
        self._waiters: dict[RequestId, Waiter] = {}  # no id of a connection comes twice
        self._asking = threading.Lock()  # threads ask, too
        self._turns: Topics[tuple[str, str | None]] = Topics()  # no turn: all of the thread's
        self._threads: Topics[str] = Topics()
        self._methods: Topics[str] = Topics()
        self._everything: Topics[None] = Topics()
        self._expected: dict[str, Expectation] = {}
        self._active: dict[str, _Running] = {}
        self._changed: dict[str, anyio.Event] = {}
        self._ends = Ends()
        self._untaken = Untaken()
        self._statuses: OrderedDict[str, Notification] = OrderedDict()

    # Requests

    def expect_answer(self, rid: RequestId, waiter: Waiter) -> None:
        """Let `waiter` have the answer to a request that is about to be sent; from any thread."""
        with self._asking:
            self.check_open()
            self._waiters[rid] = waiter

    def forget_answer(self, rid: RequestId) -> None:
        """Drop the waiter, from any thread; an answer that still comes is counted as stray."""
        self._waiters.pop(rid, None)

    def awaits(self, message: Json) -> bool:
        """Whether a message of no kind has the id of an open request: an answer without a result."""
        rid = request_id(message.get("id"))
        return rid is not None and "method" not in message and rid in self._waiters

    def route_answer(self, message: Json) -> None:
        """Give a response or an error to the request with that id (7 and "7" differ)."""
        rid = request_id(message.get("id"))
        waiter = None if rid is None else self._waiters.pop(rid, None)
        if waiter is None:
            self.statistics.stray_answers += 1
            return
        self.statistics.answers += 1
        if "error" in message:
            waiter.fail(rpc_error(message["error"], waiter.method))
        else:
            waiter.succeed(message.get("result"))

    def fail_answer(self, rid: RequestId | None, text: bytes) -> None:
        """Fail the request with that id, whose answer `text` cannot be read."""
        waiter = None if rid is None else self._waiters.pop(rid, None)
        if waiter is not None:
            waiter.fail(UnreadableAnswerError(waiter.method, text))

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
        elif thread is not None and method in turns.THREAD_WIDE:
            self._route_thread_wide(notification, thread)
        # The keys are looked up here: a call for each would cost as much as all the rest.
        if thread in self._threads.refs:
            self._threads.push(thread, notification)
        if method in self._methods.refs:
            self._methods.push(method, notification)
        if self._everything.refs:
            self._everything.push(None, notification)

    def _route_turn(self, notification: Notification, key: TurnKey) -> None:
        thread, turn = key
        if thread in self._expected and turn not in self._expected[thread].early:
            self._keep_early(self._expected[thread], key)
        if key in self._turns.refs:
            self._drop(thread, self._turns.push(key, notification))
        if notification.method in self.life:
            self._live(notification, key)
        elif (running := self._active.get(thread)) is not None and running.state.presumed:
            self._doubt(running, notification)

    def _doubt(self, running: _Running, notification: Notification) -> None:
        """Drop a presumed end if a notification shows that the turn goes on."""
        state = turns.advance(running.state, notification.raw)
        if state.presumed is None:
            running.state = running.state.replaced(presumed=None)
            self._wake(str(state.thread_id))

    def _route_thread_wide(self, notification: Notification, thread: str) -> None:
        self._turns.push((thread, None), notification)
        running = self._active.get(thread)
        if running is not None and running.state.turn_id is not None:
            self._live(notification, (thread, running.state.turn_id))
        if notification.method in turns.GONE:
            self._statuses.pop(thread, None)
            self._finish_turns(thread)
        elif notification.method in turns.STATUSES:
            self._keep_status(thread, notification)

    def _keep_status(self, thread: str, notification: Notification) -> None:
        self._statuses[thread] = notification
        self._statuses.move_to_end(thread)
        if len(self._statuses) > _STATUSES_KEPT:
            self._statuses.popitem(last=False)

    def _live(self, notification: Notification, key: TurnKey) -> None:
        """Take in what tells whether a turn runs."""
        thread, turn = key
        running = self._active.get(thread)
        if running is not None and running.state.turn_id != turn:
            running = None
        before = turns.start(thread, turn, content=False) if running is None else running.state
        state = turns.advance(before, notification.raw, monotonic())
        if state.ended:
            self._over(key, notification)
            self._drop(thread, self._turns.finish(key))
            self._untaken.trim()
        elif running is None and state.started is not None and key not in self._ends:
            self._active[thread] = _Running(state)
        elif running is not None and state.presumed is not before.presumed:
            self._active[thread] = _Running(state, notification)
            self._wake(thread)

    def _keep_early(self, expectation: Expectation, key: TurnKey) -> None:
        early = expectation.early[key[1]] = Subscription(expectation.buffer)
        self._add(key, early)

    def _add(self, key: TurnKey, subscription: Subscription) -> None:
        self._turns.add(key, subscription)
        self._turns.add((key[0], None), subscription)

    def _over(self, key: TurnKey, told_by: Notification | None) -> None:
        """Note that a turn has ended, and by which notification that is known."""
        if told_by is not None:
            self._ends.keep(key, told_by)
        if self.active_turn(key[0]) == key[1]:
            self._free(key[0])

    def settle(self, key: TurnKey) -> None:
        """Take a turn for ended whose end is presumed, and forget its subscriptions that have ended."""
        running = self._active.get(key[0])
        if running is not None and running.state.turn_id == key[1]:
            self._over(key, running.told_by)
        self._drop(key[0], self._turns.prune(key))

    def _drop(self, thread: str, ended: list[Subscription]) -> None:
        """Let subscriptions to a turn that have ended, or whose turn has, have no more of its thread."""
        for subscription in ended:
            self._turns.drop((thread, None), subscription)

    def _free(self, thread: str) -> None:
        self._active.pop(thread, None)
        self._wake(thread)

    def _wake(self, thread: str) -> None:
        changed = self._changed.pop(thread, None)
        if changed is not None:
            changed.set()

    def _only_thread(self, turn: str) -> str | None:
        """Return the thread whose turn must be meant, for releases that do not name it (0.58.0)."""
        threads = [
            thread for thread, active in self._active.items() if active.state.turn_id == turn
        ]
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
        """Return a subscription to a turn: the first of one that was started here has all of it.

        Any other is as of `watch_turn`.
        """
        self.check_open()
        return self._untaken.take(key, buffer) or self.watch_turn(key, buffer)

    def watch_turn(self, key: TurnKey, buffer: int = DEFAULT_BUFFER) -> Subscription:
        """Return a subscription to a turn from now on, which begins with the status of its thread.

        Of an ended turn there is what told of its end only.
        """
        return self._from_now(key, buffer, self._statuses.get(key[0]))

    def _from_now(self, key: TurnKey, buffer: int, status: Notification | None) -> Subscription:
        self.check_open()
        subscription = Subscription(buffer)
        for known in (self._untaken.loss(key), self._ends.get(key) or status):
            if known is not None:
                subscription.push(known)
        if key in self._ends:
            subscription.finish()
        else:
            self._add(key, subscription)
        return subscription

    @contextmanager
    def expecting(self, thread_id: str, buffer: int = DEFAULT_BUFFER) -> Iterator[None]:
        """Keep what comes for the thread's turns while a turn is being started on it."""
        expectation = self._expected.setdefault(thread_id, Expectation())
        expectation.starts += 1
        expectation.buffer = max(expectation.buffer, buffer)
        try:
            yield
        finally:
            expectation.starts -= 1
            if not expectation.starts:
                del self._expected[thread_id]

    def keep(self, key: TurnKey) -> None:
        """Keep all that comes for a turn that was started here, until somebody follows it.

        To be called inside `expecting`, as soon as the turn's id is known.
        """
        self._untaken.keep(key, self._begun(key))

    def claim(self, key: TurnKey, buffer: int = DEFAULT_BUFFER) -> Subscription:
        """Return the subscription of the one who started a turn, from its first notification on.

        To be called inside `expecting`, as soon as the turn's id is known.
        """
        claimed = self._untaken.take(key, buffer) or self._begun(key)
        claimed.bound(buffer, "error")
        return claimed

    def _begun(self, key: TurnKey) -> Subscription:
        thread, turn = key
        expectation = self._expected[thread]
        early = expectation.early.pop(turn, None)
        subscription = early or self._from_now(key, expectation.buffer, None)
        if not subscription.ended:
            self.runs(key)
        return subscription

    # Threads

    def followed(self) -> dict[str, list[str]]:
        """Return the turns that run or that somebody follows, by thread."""
        found: dict[str, list[str]] = {thread: [] for thread in self._threads.refs}
        running = [(thread, self.active_turn(thread)) for thread in self._active]
        for thread, turn in dict.fromkeys([*running, *self._turns.refs]):
            if turn is not None:
                found.setdefault(thread, []).append(turn)
        return found

    def _finish_turns(self, thread: str, error: Exception | None = None) -> None:
        for key in [key for key in self._turns.refs if key[0] == thread]:
            self._turns.finish(key, error)

    def has_ended(self, key: TurnKey) -> bool:
        """Whether the end of a turn has come."""
        return key in self._ends

    def runs(self, key: TurnKey) -> None:
        """Take in that a turn runs, of which nothing may have come."""
        if self.active_turn(key[0]) != key[1]:
            self._active[key[0]] = _Running(turns.start(*key, content=False))

    def end_thread(self, thread: str, error: ConnectionClosedError) -> None:
        """End all who listen to a thread: nothing more comes from it."""
        self._finish_turns(thread, error)
        self._threads.finish(thread, error)
        self._free(thread)

    def active_turn(self, thread_id: str) -> str | None:
        """Return the turn that runs on a thread, as far as this connection has heard."""
        running = self._active.get(thread_id)
        return None if running is None else running.state.turn_id

    async def wait_idle(self, thread_id: str, grace: float = turns.GRACE) -> None:
        """Wait until no turn runs on the thread; for `grace` seconds only where one seems to be over."""
        while (running := self._active.get(thread_id)) is not None:
            presumed = running.state.presumed
            left = None if presumed is None else presumed.at + grace - monotonic()
            with anyio.move_on_after(left) as waiting:
                await self._changed.setdefault(thread_id, anyio.Event()).wait()
            if waiting.cancelled_caught and self._active.get(thread_id) is running:
                self._over((thread_id, str(running.state.turn_id)), running.told_by)
        self.check_open()

    # The end

    def check_open(self) -> None:
        """Raise ConnectionClosedError when the connection is gone."""
        if self.failure is not None:
            raise self.failure.again()

    def fail(self, error: ConnectionClosedError) -> None:
        """Wake everyone who waits, with the cause; the first call counts."""
        with self._asking:
            if self.failure is not None:
                return
            self.failure = error
        self.interrupt(error)
        for topics in (self._turns, self._threads, self._methods, self._everything):
            topics.finish_all(error)
        for thread in list(self._active):
            self._free(thread)

    def interrupt(self, error: ConnectionClosedError) -> None:
        """Fail the requests in flight; who listens goes on listening."""
        with self._asking:
            waiters, self._waiters = list(self._waiters.values()), {}
        for waiter in waiters:
            waiter.fail(error.again())

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
            "idle": len(self._changed),
            "untaken": len(self._untaken),
        }
