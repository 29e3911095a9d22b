"""What every async client is made of: the life of one connection, requests and notifications."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Generic, Protocol, Self, TypeAlias, TypeVar

import anyio

from codexwire.runtime.client.connection import Connection, Lost, Observer, open_connection
from codexwire.runtime.client.handlers import Handlers
from codexwire.runtime.client.life import Life
from codexwire.runtime.client.limit import within
from codexwire.runtime.client.messages import PLAIN, Codec
from codexwire.runtime.client.options import RetryPolicy
from codexwire.runtime.client.router import Router
from codexwire.runtime.client.subscription import Overflow, Subscription
from codexwire.runtime.errors import OverloadedError, UnexpectedResultError, UnsupportedError
from codexwire.runtime.transport.base import PostMortem, TransportOpener

__all__ = ["AsyncPeer", "Params", "PeerOptions"]

Params: TypeAlias = Mapping[str, Any] | Any
"""Params as a model, or as a mapping with the wire's names; None for none."""


class PeerOptions(Protocol):
    """What the options of every client say."""

    @property
    def observer(self) -> Observer | None:
        """Sees every message."""

    @property
    def retry(self) -> RetryPolicy:
        """How often an overloaded server is asked again."""

    @property
    def buffer(self) -> int:
        """How many notifications wait for one consumer."""

    @property
    def timeout(self) -> float | None:
        """The seconds that a request may take; None for no limit."""

    @property
    def handshake_timeout(self) -> float | None:
        """The seconds that the handshake may take; None for no limit."""


Options = TypeVar("Options", bound=PeerOptions)


class AsyncPeer(Generic[Options]):
    """A client over one connection; subclasses say how it is greeted and what it can do."""

    codec: Codec = PLAIN

    def __init__(
        self, transport: TransportOpener, options: Options, handlers: Handlers | None = None
    ) -> None:
        self.options = options
        self._opener = transport
        self._handlers = handlers or Handlers()
        self._connection: Connection | None = None
        self._life: Life[Connection] | None = None
        self.post_mortem: PostMortem | None = None
        """How the server's process ended: exit code and end of standard error, once it is closed."""

    async def __aenter__(self) -> Self:
        return await self._open()

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _open(self, timeout: float | None = None) -> Self:
        """Connect and do what a fresh connection needs, within `timeout` seconds."""
        if self._life is not None and self._life.is_here:
            raise UnsupportedError("the client is open already", hint="close it first")
        life = self._life = Life(self._lasting)
        try:
            with within(timeout, "initialize", "the server was not ready"):
                self._connection = await life.open()
                await self._greet()
        except BaseException:
            await life.abort()
            self._life = None
            raise
        return self

    async def close(self) -> None:
        """Close the connection and wait until its server has left; nothing for a closed client.

        Any task may do it. A handler of the server's requests does not wait for the end.
        """
        life = self._life
        if life is None or not life.is_here:
            return
        await life.close()
        if self._life is life:
            self._life = None

    def _lasting(self) -> AbstractAsyncContextManager[Connection]:
        """Return the context that the client is open in; it yields the first connection."""
        return self._connected()

    @asynccontextmanager
    async def _connected(
        self, router: Router | None = None, lost: Lost | None = None
    ) -> AsyncIterator[Connection]:
        self.post_mortem = connection = None
        try:
            async with open_connection(
                self._opener,
                codec=self.codec,
                handlers=self._handlers,
                observer=self.options.observer,
                router=router,
                lost=lost,
            ) as connection:
                yield connection
        finally:
            if connection is not None:
                self.post_mortem = await connection.post_mortem()

    async def _greet(self) -> None:
        """Do what a fresh connection needs."""

    @property
    def connection(self) -> Connection:
        """The connection, the last one of a closed client: `router.statistics`, `unreadable` lines."""
        if self._connection is None:
            raise UnsupportedError("the client is not open", hint="use it with `async with`")
        if self._life is not None and not self._life.is_here:
            raise UnsupportedError(
                "the client was opened in another process", hint="open one after the fork"
            )
        return self._connection

    async def request(
        self,
        method: str,
        params: Params = None,
        *,
        timeout: float | None = None,
        retry: RetryPolicy | None = None,
        trace: Mapping[str, str] | None = None,
    ) -> Any:
        """Send any request and return its result, typed where the method is known.

        RpcError and its kinds for an error answer. A server that answers that it is overloaded has not
        taken the request: it is asked again as `retry` says (default: the options); nothing else is ever
        sent twice. `trace` is the W3C trace context (`traceparent`, `tracestate`) that the request
        belongs to, MessageError for anything else. RequestTimeoutError after `timeout` seconds, retries
        included.
        """
        result = await self.ask(method, params, timeout=timeout, retry=retry, trace=trace)
        return self.codec.result(method, result)

    async def ask(
        self,
        method: str,
        params: Params = None,
        *,
        timeout: float | None = None,
        retry: RetryPolicy | None = None,
        trace: Mapping[str, str] | None = None,
    ) -> Any:
        """Do as `request`, with the result as it is on the wire."""
        limit = self.options.timeout if timeout is None else timeout
        with within(limit, method):
            connection = await self._live()
            return await self._patiently(
                connection, method, params, retry or self.options.retry, trace
            )

    async def ask_again(
        self,
        method: str,
        params: Params,
        trace: Mapping[str, str] | None,
        retry: RetryPolicy,
        timeout: float | None,
        left: float | None,
    ) -> Any:
        """Do as `ask` after the server was overloaded once; `left` is what is left of `timeout`."""
        with within(timeout, method, left=left):
            connection = await self._live()
            return await self._patiently(connection, method, params, retry, trace, tried=1)

    async def _shake(self, params: Params) -> Any:
        """Send `initialize` and return its result; the smaller limit counts."""
        limits = (self.options.handshake_timeout, self.options.timeout)
        given = [seconds for seconds in limits if seconds is not None]
        with within(min(given, default=None), "initialize"):
            return await self._patiently(
                self.connection, "initialize", params, self.options.retry, None
            )

    async def notify(self, method: str, params: Params = None) -> None:
        """Send a notification."""
        await (await self._live()).notify(method, params)

    def notifications(
        self,
        *,
        thread_id: str | None = None,
        methods: tuple[str, ...] = (),
        buffer: int | None = None,
        overflow: Overflow = "error",
        timeout: float | None = None,
    ) -> Subscription:
        """Return an iterator over notifications from now on: all, of a thread, or of methods.

        With `timeout` it raises RequestTimeoutError when none comes for so many seconds.
        """
        subscription = Subscription(buffer or self.options.buffer, overflow, timeout=timeout)
        return self.connection.router.subscribe(subscription, thread_id=thread_id, methods=methods)

    async def pages(
        self, method: str, params: Params = None, *, timeout: float | None = None
    ) -> AsyncIterator[Any]:
        """Yield the results of a request that lists in pages (`thread/list`), each asked for in time.

        Each names the next one by `nextCursor`. UnexpectedResultError for a result that is no page, and
        for a cursor that comes again: it would go on for ever.
        """
        asked = dict({} if params is None else self.codec.dump(params))
        seen: set[str] = set()
        while True:
            result = await self.ask(method, asked, timeout=timeout)
            if not isinstance(result, dict) or not result.keys() & {"nextCursor", "data"}:
                raise UnexpectedResultError(method, result, "is no page: it has no cursor")
            yield self.codec.result(method, result)
            cursor = result.get("nextCursor")
            if cursor is None:
                return
            if cursor in seen:
                raise UnexpectedResultError(method, result, "has a cursor that came before")
            seen.add(cursor)
            asked["cursor"] = cursor

    async def list_all(
        self, method: str, params: Params = None, *, timeout: float | None = None
    ) -> AsyncIterator[Any]:
        """Yield the entries of every page of a list, typed where the method is known; see `pages`."""
        async for page in self.pages(method, params, timeout=timeout):
            data = page.get("data") if isinstance(page, Mapping) else getattr(page, "data", None)
            if data is None:
                raise UnexpectedResultError(method, page, "is no list: it has no data")
            for entry in data:
                yield entry

    @property
    def connects_again(self) -> bool:
        """Whether a connection that breaks is made again."""
        return False

    async def _live(self) -> Connection:
        """Return the connection; a client that connects again waits for it."""
        return self.connection

    async def _patiently(
        self,
        connection: Connection,
        method: str,
        params: Params,
        retry: RetryPolicy,
        trace: Mapping[str, str] | None,
        tried: int = 0,
    ) -> Any:
        while True:
            if tried:
                await anyio.sleep(retry.wait(tried - 1))
            try:
                return await connection.request(method, params, trace=trace)
            except OverloadedError:
                if tried >= retry.retries:
                    raise
            tried += 1
