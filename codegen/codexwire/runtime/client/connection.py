"""One connection: the reader, the writer, requests in both directions."""

from __future__ import annotations

import itertools
import logging
import re
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, nullcontext, suppress
from typing import Any, Final, TypeAlias

import anyio
import anyio.lowlevel
from anyio.abc import TaskGroup

from codexwire.direction import Side
from codexwire.model.message import Json, MessageKind, RequestId, kind_of, parse_object, request_id
from codexwire.profiles.app_server.turns import STARTS
from codexwire.profiles.ids import id_of, subject
from codexwire.runtime.client.complaint import COMPLAINTS, complaint
from codexwire.runtime.client.handlers import Answerer, Handlers
from codexwire.runtime.client.jsonrpc import encode, trace_context
from codexwire.runtime.client.limit import within
from codexwire.runtime.client.messages import PLAIN, Codec, Notification, ServerRequest
from codexwire.runtime.client.outgoing import Outgoing
from codexwire.runtime.client.router import Router
from codexwire.runtime.client.waiter import BlockingWaiter, TaskWaiter
from codexwire.runtime.errors import ConnectionClosedError, RequestTimeoutError
from codexwire.runtime.transport.base import (
    DirectTransport,
    PostMortem,
    Transport,
    TransportFailure,
    TransportOpener,
    background_tasks,
)

__all__ = ["Connection", "Lost", "Observer", "open_connection"]

Observer: TypeAlias = Callable[[Side, bytes], None]
"""Sees every message as it is on the wire, with its sender; called in wire order, must be quick."""

Lost: TypeAlias = Callable[[ConnectionClosedError], None]
"""Told why a connection has ended; may be told again."""

_LOG = logging.getLogger("codexwire.client")
_SERVER_LOG = logging.getLogger("codexwire.client.server")
_SERVED_AT_ONCE: Final = 1024
_UNREADABLE_KEPT: Final = 16
_FLUSH_WAIT: Final = 1.0
_READER_WAIT: Final = 0.2
_NOTED: Final = frozenset({"serverRequest/resolved", *COMPLAINTS})
_ID: Final = rb'"id"\s*:\s*(-?\d+|"[^"\\]*")\s*'
_ANSWER: Final = re.compile(rb"\s*\{\s*" + _ID + rb',\s*"(?:result|error)"')
_ANSWER_AT_END: Final = re.compile(rb'\s*\{\s*"(?:result|error)".*,\s*' + _ID + rb"\}\s*\Z", re.S)
_BUSY: Final = {"code": -32000, "message": "too many requests are being answered"}


class Connection:
    """A live connection over an open transport.

    At most 256 messages wait to be sent, then senders wait; at most 1024 requests of the server are
    answered at once, further ones get an error. Lines that are no JSON object are counted, the last
    16 are kept in `unreadable`, and the connection goes on.

    `router` is one that goes on living when the connection ends; `lost` is told then, in place of
    failing the router.
    """

    def __init__(
        self,
        transport: Transport,
        tasks: TaskGroup,
        *,
        codec: Codec = PLAIN,
        handlers: Handlers | None = None,
        observer: Observer | None = None,
        router: Router | None = None,
        lost: Lost | None = None,
    ) -> None:
        self.router = router or Router()
        self._lost = lost or self.router.fail
        self._deliver: Callable[[Notification], None] = self.router.route
        self._held: list[Notification] = []
        self.codec = codec
        self.handlers = handlers or Handlers()
        self.unreadable: deque[bytes] = deque(maxlen=_UNREADABLE_KEPT)
        self._transport = transport
        self._tasks = tasks
        self._observer = observer
        self._ids = itertools.count(1)
        self._serving: dict[RequestId, anyio.CancelScope] = {}
        self._outgoing = Outgoing(transport, None if observer is None else self._observe_own)
        self._reader_ended = anyio.Event()
        self._writer_ended = anyio.Event()

    # For callers

    async def request(
        self,
        method: str,
        params: Any = None,
        *,
        timeout: float | None = None,
        trace: Mapping[str, str] | None = None,
    ) -> Any:
        """Send a request and return the result as it is on the wire.

        `params` and `trace` that are None are left out. RpcError for an error answer,
        RequestTimeoutError after `timeout` seconds, ConnectionClosedError when the connection ends
        first, MessageError for params that JSON cannot carry. However it ends, nothing stays behind.
        """
        with within(timeout, method):
            if method in STARTS:
                return await self._ask_for_turn(method, self.codec.dump(params), trace)
            async with self.asking(method, params, trace) as waiter:
                return await waiter.wait()

    def ask_blocking(
        self,
        method: str,
        params: Any,
        trace: Mapping[str, str] | None,
        timeout: float | None,
        soon: Callable[..., object],
    ) -> Any:
        """Do as `request` in a thread that is not the event loop's, and let it wait for the answer.

        `soon` calls a function in the event loop. Not for requests that start a turn.
        """
        number, message = self._numbered(method, params, trace)
        text = encode(message)
        waiter = BlockingWaiter(method)
        self.router.expect_answer(number, waiter)
        try:
            if not self._outgoing.send_now(text):
                soon(self._hand_in, text)
            return waiter.wait(timeout)
        except TimeoutError:
            assert timeout is not None
            raise RequestTimeoutError(method, timeout) from None
        finally:
            self.router.forget_answer(number)

    @asynccontextmanager
    async def asking(
        self, method: str, params: Any = None, trace: Mapping[str, str] | None = None
    ) -> AsyncIterator[TaskWaiter]:
        """Send a request, yield what waits for its answer, and forget it at the end of the block."""
        number, message = self._numbered(method, params, trace)
        waiter = TaskWaiter(method)
        self.router.expect_answer(number, waiter)
        try:
            await self._send(message)
            yield waiter
        finally:
            self.router.forget_answer(number)

    async def notify(self, method: str, params: Any = None) -> None:
        """Send a notification; ConnectionClosedError when the connection is gone."""
        self.router.check_open()
        await anyio.lowlevel.checkpoint()  # sending may need no waiting
        await self._send(_message(method, params, self.codec))

    def start_soon(self, duty: Callable[..., Any], *args: Any) -> None:
        """Run an async function beside the connection, until the connection is closed."""
        self._tasks.start_soon(duty, *args)

    async def post_mortem(self) -> PostMortem:
        """Return what is known of the server's end; waits shortly for it to be known."""
        with anyio.CancelScope(shield=True):  # its waits are bounded
            return await self._transport.post_mortem()
        raise AssertionError("a shielded scope is not cancelled")

    def hold(self) -> None:
        """Keep the notifications that come, until `release`."""
        self._deliver = self._held.append

    def release(self) -> None:
        """Route the notifications that were kept, and those that come from now on."""
        held, self._held = self._held, []
        self._deliver = self.router.route
        for notification in held:
            self.router.route(notification)

    # The duties

    async def read(self) -> None:
        """Read until the transport ends, then wake everyone with the cause."""
        try:
            if isinstance(self._transport, DirectTransport):
                await self._transport.listen(self._dispatch_all)
            while True:
                self._dispatch_all(await self._transport.receive())
                await anyio.lowlevel.checkpoint()
        except TransportFailure as failure:
            await self._fail(str(failure))
        except Exception as problem:
            _LOG.exception("the reader failed")
            await self._fail(f"the reader failed: {type(problem).__name__}: {problem}")
        finally:
            self._reader_ended.set()

    async def write(self) -> None:
        """Send what is waiting, in order, until the connection is closed."""
        try:
            await self._outgoing.write()
        except TransportFailure as failure:
            # The reader knows better what happened, if it notices too.
            with anyio.move_on_after(_READER_WAIT):
                await self._reader_ended.wait()
            await self._fail(str(failure))
        except Exception as problem:
            _LOG.exception("the writer failed")
            await self._fail(f"the writer failed: {type(problem).__name__}: {problem}")
        finally:
            self._outgoing.close()
            self._writer_ended.set()

    async def finish(self) -> None:
        """Send what still waits (for at most a second) and wake everyone: closed by this side."""
        self._outgoing.close()
        with anyio.move_on_after(_FLUSH_WAIT, shield=True):
            await self._writer_ended.wait()
        self._lost(ConnectionClosedError("the connection was closed by this client"))

    # Inside

    async def _ask_for_turn(self, method: str, params: Any, trace: Mapping[str, str] | None) -> Any:
        """Start a turn, and keep what comes for it until somebody follows it."""
        thread = id_of("thread", method, params, "params")
        with nullcontext() if thread is None else self.router.expecting(thread):
            async with self.asking(method, params, trace) as waiter:
                result = await waiter.wait()
            turn = id_of("turn", method, result, "result")
            if thread is not None and turn is not None:
                self.router.keep((thread, turn))
            return result

    def _numbered(
        self, method: str, params: Any, trace: Mapping[str, str] | None
    ) -> tuple[int, Json]:
        number = next(self._ids)
        message = _message(method, params, self.codec, number)
        if trace is not None:
            message["trace"] = trace_context(trace)
        return number, message

    def _hand_in(self, text: bytes) -> None:
        """Send a message, in a task of its own where it must wait; of a connection that ends, all know."""
        with suppress(TransportFailure):
            if not self._outgoing.put(text):
                self._tasks.start_soon(self._wait_in_line, text)

    async def _wait_in_line(self, text: bytes) -> None:
        with suppress(TransportFailure):
            await self._outgoing.send(text)

    async def _send(self, message: Json) -> None:
        try:
            await self._outgoing.send(encode(message))
        except TransportFailure:
            self.router.check_open()
            raise ConnectionClosedError("the connection was closed before this was sent") from None

    async def _fail(self, reason: str) -> None:
        post = await self.post_mortem()
        detail = str(post)
        self._lost(
            ConnectionClosedError(
                f"{reason} ({detail})" if detail else reason,
                returncode=post.returncode,
                stderr_tail=post.stderr_tail,
            )
        )
        self._outgoing.close()

    def _observe_own(self, text: bytes) -> None:
        self._observe(Side.CLIENT, text)

    def _observe(self, side: Side, text: bytes) -> None:
        try:
            if self._observer is not None:
                self._observer(side, text)
        except Exception:  # what watches must not end what it watches
            _LOG.exception("the observer raised; it sees no more")
            self._observer = None

    def _dispatch_all(self, texts: Sequence[bytes]) -> None:
        for text in texts:
            self._dispatch(text)

    def _dispatch(self, text: bytes) -> None:
        if self._observer is not None:
            self._observe(Side.SERVER, text)
        message = parse_object(text)
        kind = MessageKind.OTHER if message is None else kind_of(message)
        if message is None or (kind is MessageKind.OTHER and not self.router.awaits(message)):
            self.router.statistics.unreadable += 1
            self.unreadable.append(text)
            _LOG.warning("dropped a line of %d bytes that is no message", len(text))
            self._fail_unread(text)
        elif kind is MessageKind.NOTIFICATION:
            self._route(message["method"], message)
        elif kind is MessageKind.REQUEST:
            self._accept(message["method"], message)
        else:
            self.router.route_answer(message)

    def _route(self, method: str, message: Json) -> None:
        params = message.get("params")
        thread, turn = subject(method, params)
        self._deliver(Notification(method, message, thread, turn, self.codec))
        if method in _NOTED:
            self._note(method, params)

    def _accept(self, method: str, message: Json) -> None:
        self.router.statistics.server_requests += 1
        rid = request_id(message["id"])
        if rid is None:
            return  # nothing that could be answered
        if len(self._serving) >= _SERVED_AT_ONCE:
            with suppress(TransportFailure):  # nobody is left to answer
                if not self._outgoing.put(encode({"id": rid, "error": _BUSY})):
                    _LOG.warning("%s stays unanswered: too many requests", method)
            return
        scope = self._serving[rid] = anyio.CancelScope()
        request = ServerRequest(method, rid, message, self.codec)
        self._tasks.start_soon(self._serve, request, self.handlers.choose(method), scope)

    async def _serve(
        self, request: ServerRequest, answerer: Answerer, scope: anyio.CancelScope
    ) -> None:
        try:
            with scope:
                answer = await answerer(request, self.codec)
                await self._send({"id": request.id, **answer})
        except ConnectionClosedError:
            pass  # nobody is left to answer
        finally:
            if self._serving.get(request.id) is scope:
                del self._serving[request.id]

    def _note(self, method: str, params: Any) -> None:
        """Do what a notification asks for besides being routed."""
        if (said := complaint(method, params)) is not None:
            _SERVER_LOG.warning("the server says: %s", said)
        elif self._serving:
            self._resolve(id_of("request", method, params, "params"))

    def _fail_unread(self, text: bytes) -> None:
        """Fail the request that an unreadable line answers: nothing else will come for it."""
        found = _ANSWER.match(text) or _ANSWER_AT_END.match(text)
        answer = parse_object(b'{"id":%b}' % found[1]) if found else None
        if answer is not None:
            self.router.fail_answer(request_id(answer["id"]), text)

    def _resolve(self, rid: RequestId | None) -> None:
        """Call off the handler of a request that the server regards as settled."""
        if rid in self._serving:
            self._serving[rid].cancel()


def _message(method: str, params: Any, codec: Codec, rid: RequestId | None = None) -> Json:
    message: Json = {} if rid is None else {"id": rid}
    message["method"] = method
    if params is not None:
        message["params"] = codec.dump(params)
    return message


@asynccontextmanager
async def open_connection(
    opener: TransportOpener,
    *,
    codec: Codec = PLAIN,
    handlers: Handlers | None = None,
    observer: Observer | None = None,
    router: Router | None = None,
    lost: Lost | None = None,
) -> AsyncIterator[Connection]:
    """Open a transport and run a connection over it for the time of the block."""
    async with opener() as transport, background_tasks() as tasks:
        connection = Connection(
            transport,
            tasks,
            codec=codec,
            handlers=handlers,
            observer=observer,
            router=router,
            lost=lost,
        )
        tasks.start_soon(connection.read)
        tasks.start_soon(connection.write)
        try:
            yield connection
        finally:
            await connection.finish()
