"""The async client: what the generated `AsyncAppServerClient` adds typed methods to."""

from __future__ import annotations

import weakref
from functools import partial
from time import monotonic
from typing import Any

import anyio

from codexwire.model.message import Json
from codexwire.runtime.client.command import AsyncCommand, CommandOptions
from codexwire.runtime.client.dialect import V2, Dialect, UserInput, input_items
from codexwire.runtime.client.handlers import Handler
from codexwire.runtime.client.legacy import V1
from codexwire.runtime.client.limit import within
from codexwire.runtime.client.messages import Notification
from codexwire.runtime.client.opening import AsyncOpened
from codexwire.runtime.client.options import BusyPolicy, ClientOptions, ServerInfo
from codexwire.runtime.client.peer import Params
from codexwire.runtime.client.router import TurnKey
from codexwire.runtime.client.starting import started
from codexwire.runtime.client.streams import AsyncTextStream, AsyncTurn, AsyncTurnStream
from codexwire.runtime.client.subscription import Subscription
from codexwire.runtime.client.turn import TurnResult
from codexwire.runtime.errors import ThreadBusyError, TurnFailedError, TurnNotActiveError
from codexwire.runtime.transport.base import TransportOpener

__all__ = ["AsyncClient"]


class AsyncClient(AsyncOpened):
    """A client over one connection, for asyncio and trio; use it with `async with`.

    Make it with `launch`, `connect` or `connect_unix`, or from any TransportOpener. Entering connects
    and shakes hands; leaving closes. Who cannot use a block calls `start` and `close`. Any number of
    tasks may use it at once, and one may open it and another close it.
    """

    def __init__(self, transport: TransportOpener, options: ClientOptions | None = None) -> None:
        super().__init__(transport, options)
        self.server = ServerInfo("", None, {})
        self._dialect: Dialect = V1() if self.options.dialect == "v1" else V2()
        self._turn_locks: weakref.WeakValueDictionary[str, _TurnLock] = (
            weakref.WeakValueDictionary()
        )

    # Life

    async def _greet(self) -> None:
        self.connection.router.life = self._dialect.life
        if self.options.handshake:
            await self.handshake()

    async def handshake(self) -> ServerInfo:
        """Shake hands (entering the client does it already) and choose the dialect."""
        result = await self._shake(self.options.initialize_params())
        self.server = ServerInfo.of(result)
        if self.options.dialect == "auto":
            self._dialect = V1() if self.server.is_legacy else V2()
        self._dialect.check(self.server.version)
        self.connection.router.life = self._dialect.life
        await self.connection.notify("initialized")
        return self.server

    def supports(self, method: str, field: str | None = None) -> bool | None:
        """Whether the server has a method, and a field of its params; None when nobody knows.

        `supports("turn/start", "outputSchema")`: names as on the wire, requests and notifications of
        either side. It is told by the server's release and the archive of releases; None for a
        release that is not in it. What is experimental is there for clients with `experimental_api`.
        """
        from codexwire.runtime.client.support import supports  # only for who asks: it reads schemas

        asked = self.options.experimental_api
        return supports(self.server.version, method, field, experimental=asked)

    def on_request(self, method: str, handler: Handler | None) -> None:
        """Answer the server's requests of `method` with `handler` (None: with the safe default).

        The handler gets the typed params and returns the result, a model or a dict; it may be async.
        """
        self._handlers.set(method, handler)

    # Threads and turns

    async def start_thread(self, params: Params = None, *, timeout: float | None = None) -> str:
        """Start a thread (a conversation, on a legacy server) and return its id.

        `params` are those of `thread/start`, or of `newConversation`; the common ones (`cwd`, `model`,
        `approvalPolicy`, `sandbox`) have the same names in both.
        """
        with within(timeout, "thread/start", "the thread did not start"):
            return await self._dialect.start_thread(self.ask, self._object(params))

    async def start_turn(
        self,
        thread_id: str,
        text_or_items: UserInput,
        params: Params = None,
        *,
        on_busy: BusyPolicy | None = None,
        buffer: int | None = None,
        grace: float | None = None,
        timeout: float | None = None,
    ) -> AsyncTurn:
        """Start a turn and return it, with every notification of it from the first on.

        `params` adds to those of `turn/start`. On a thread where a turn runs, `on_busy` decides:
        `queue` waits (turns start in the order of the calls), `steer` adds the input to the running
        turn and returns that, `error` raises ThreadBusyError. `grace` as in the options: the seconds that
        a turn whose end is only hinted at may still be told to have ended. `timeout` is for the start
        alone, its time in the queue included.
        """
        with within(timeout, "turn/start", "the turn did not start"):
            return await self._start_turn(
                thread_id, text_or_items, params, on_busy=on_busy, buffer=buffer, grace=grace
            )

    async def _start_turn(
        self,
        thread_id: str,
        text_or_items: UserInput,
        params: Params,
        *,
        on_busy: BusyPolicy | None,
        buffer: int | None,
        grace: float | None,
    ) -> AsyncTurn:
        grace = self.options.grace if grace is None else grace
        router = self.connection.router
        policy = on_busy or self.options.on_busy
        turn_lock = self._turn_locks.setdefault(thread_id, _TurnLock())
        if policy == "error" and (turn_lock.lock.locked() or router.active_turn(thread_id)):
            raise ThreadBusyError(thread_id, router.active_turn(thread_id))
        if policy == "steer":
            joined = await self._join(thread_id, text_or_items, buffer, grace)
            if joined is not None:
                return joined
        async with turn_lock.lock:
            await router.wait_idle(thread_id, grace)
            begin = partial(self._begin, thread_id, text_or_items, params, buffer, grace)
            return await started(await self._live(), begin)

    def stream_turn(
        self,
        thread_id: str,
        text_or_items: UserInput,
        params: Params = None,
        *,
        on_busy: BusyPolicy | None = None,
        buffer: int | None = None,
        grace: float | None = None,
        timeout: float | None = None,
    ) -> AsyncTurnStream:
        """Return an iterator over the notifications of a new turn; arguments as `start_turn`.

        `timeout` is for all of the turn, as for `run_turn`.
        """

        async def start() -> AsyncTurn:
            begun = monotonic()
            turn = await self.start_turn(
                thread_id,
                text_or_items,
                params,
                on_busy=on_busy,
                buffer=buffer,
                grace=grace,
                timeout=timeout,
            )
            turn.limit(timeout, begun)
            return turn

        return AsyncTurnStream(start)

    def stream_text(
        self,
        thread_id: str,
        text_or_items: UserInput,
        params: Params = None,
        *,
        on_busy: BusyPolicy | None = None,
        grace: float | None = None,
        timeout: float | None = None,
    ) -> AsyncTextStream:
        """Return an iterator over the text of a new turn's answer; arguments as `stream_turn`."""
        return AsyncTextStream(
            self.stream_turn(
                thread_id, text_or_items, params, on_busy=on_busy, grace=grace, timeout=timeout
            )
        )

    async def run_turn(
        self,
        thread_id: str,
        text_or_items: UserInput,
        params: Params = None,
        *,
        on_busy: BusyPolicy | None = None,
        timeout: float | None = None,
        grace: float | None = None,
    ) -> TurnResult:
        """Run a turn to its end and return what it came to, whatever its status.

        A turn that takes longer than `timeout` seconds (its time in the queue included), or whose
        caller is cancelled, is interrupted; RequestTimeoutError says so. A turn that ends without the
        server saying so ends here all the same, `grace` seconds after what hinted at it.
        """
        turn: AsyncTurn | None = None
        try:
            with within(timeout, "turn/completed", "the turn did not end"):
                turn = await self.start_turn(
                    thread_id, text_or_items, params, on_busy=on_busy, grace=grace
                )
                return await turn.result()
        finally:
            if turn is not None:
                await turn.abandon()

    def follow_turn(
        self,
        thread_id: str,
        turn_id: str,
        *,
        buffer: int | None = None,
        grace: float | None = None,
    ) -> AsyncTurn:
        """Return a turn that this or another client started.

        One that was started by this client, with the bare `turn/start`, is told from its beginning, the
        first time that it is asked for. Any other is told from now on; of one that has ended there is
        the end. What is kept is bounded (`codexwire.runtime.client.kept`): where notifications went,
        the first one is `codexwire/lost`, and the result counts them as `lost`.
        """
        key = (thread_id, turn_id)
        followed = self.connection.router.follow_turn(key, buffer or self.options.buffer)
        return self._turn(key, followed, grace)

    async def wait_for_turn_completed(
        self,
        thread_id: str,
        turn_id: str,
        *,
        timeout: float | None = None,
        grace: float | None = None,
    ) -> Notification:
        """Wait for the end of a turn and return the notification that says so.

        TurnFailedError, with what is known of the turn, when it ended and the server did not say so.
        RequestTimeoutError after `timeout` seconds: for an id of which the server says nothing, and
        nothing of its thread either, this would wait for ever.
        """
        watched = self.connection.router.watch_turn((thread_id, turn_id), self.options.buffer)
        turn = self._turn((thread_id, turn_id), watched, grace)
        with within(timeout, "turn/completed", f"turn {turn_id} did not end"):
            async for notification in turn:
                if notification.method not in self._dialect.life:
                    continue
                end = turn.state.end
                if end is not None and end.certain:
                    return notification
            raise TurnFailedError(turn.result_so_far())

    async def interrupt(
        self, thread_id: str, turn_id: str | None = None, *, timeout: float | None = None
    ) -> None:
        """End a turn (default: the one that runs on the thread) as `interrupted`."""
        key = (thread_id, turn_id or self._running(thread_id))
        with within(timeout, "turn/interrupt"):
            await self._dialect.interrupt(self.ask, key)

    async def steer(
        self,
        thread_id: str,
        text_or_items: UserInput,
        turn_id: str | None = None,
        *,
        timeout: float | None = None,
    ) -> None:
        """Add to the input of a running turn (default: the one that runs on the thread)."""
        key = (thread_id, turn_id or self._running(thread_id))
        with within(timeout, "turn/steer"):
            await self._dialect.steer(self.ask, key, self._items(text_or_items))

    # Commands

    def run_command(
        self, command: list[str], options: CommandOptions | None = None
    ) -> AsyncCommand:
        """Return a command to run in the server's sandbox, outside any thread (`command/exec`)."""
        return AsyncCommand(
            self.connection, command, options or CommandOptions(), self.options.timeout
        )

    # Inside

    async def _begin(
        self,
        thread_id: str,
        text_or_items: UserInput,
        params: Params,
        buffer: int | None,
        grace: float,
    ) -> AsyncTurn:
        router = self.connection.router
        buffer = buffer or self.options.buffer
        with router.expecting(thread_id, buffer):
            turn_id = await self._dialect.start_turn(
                self.ask, router, thread_id, self._items(text_or_items), self._object(params)
            )
            key = (thread_id, turn_id)
            return AsyncTurn(self, key, router.claim(key, buffer), grace)

    async def _join(
        self, thread_id: str, text_or_items: UserInput, buffer: int | None, grace: float
    ) -> AsyncTurn | None:
        """Add the input to the running turn; None when there is none (any more)."""
        turn_id = self.connection.router.active_turn(thread_id)
        if turn_id is None:
            return None
        turn = self.follow_turn(thread_id, turn_id, buffer=buffer, grace=grace)
        try:
            await turn.steer(text_or_items)
        except TurnNotActiveError:
            return None
        return turn

    def _turn(self, key: TurnKey, subscription: Subscription, grace: float | None) -> AsyncTurn:
        return AsyncTurn(self, key, subscription, self.options.grace if grace is None else grace)

    def _running(self, thread_id: str) -> str:
        turn_id = self.connection.router.active_turn(thread_id)
        if turn_id is None:
            raise TurnNotActiveError(-32600, f"no turn runs on thread {thread_id}")
        return turn_id

    def _items(self, text_or_items: UserInput) -> list[Any]:
        return [self.codec.dump(item) for item in input_items(text_or_items)]

    def _object(self, params: Params) -> Json:
        dumped = {} if params is None else self.codec.dump(params)
        return dict(dumped)


class _TurnLock:
    """Lets one turn start at a time on a thread, in the order of the calls."""

    def __init__(self) -> None:
        self.lock = anyio.Lock()
