"""The sync client: the async one in a thread of its own. There is no second implementation."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator, Mapping
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, Self, TypeVar

import anyio.to_thread
from anyio.from_thread import BlockingPortal, start_blocking_portal

from codexwire.runtime.client.command import CommandOptions
from codexwire.runtime.client.core import AsyncClient, Params
from codexwire.runtime.client.dialect import UserInput
from codexwire.runtime.client.handlers import Handler
from codexwire.runtime.client.messages import Notification
from codexwire.runtime.client.options import BusyPolicy, ClientOptions, ServerInfo
from codexwire.runtime.client.streams import raise_unless_completed
from codexwire.runtime.client.subscription import Overflow
from codexwire.runtime.client.sync_streams import Command, Notifications, Turn, soon
from codexwire.runtime.client.turn import TurnResult
from codexwire.runtime.errors import ConnectionClosedError, UnsupportedError
from codexwire.runtime.transport.base import TransportOpener

__all__ = ["Client"]

T = TypeVar("T")


class Client:
    """The blocking client; use it with `with`, from any number of threads.

    What the methods take, return and raise is written at `AsyncClient`. Handlers are plain functions
    and run in threads of their own: they may block, ask the user, and use the client.
    """

    async_client: ClassVar[type[AsyncClient]] = AsyncClient

    def __init__(self, transport: TransportOpener, options: ClientOptions | None = None) -> None:
        self._open(self.async_client(transport, _threaded(options)))

    def _open(self, client: AsyncClient) -> None:
        self._client = client
        self._portal: BlockingPortal | None = None
        self._stack = ExitStack()

    @classmethod
    def _of(cls, client: AsyncClient) -> Self:
        self = cls.__new__(cls)
        self._open(client)
        return self

    @classmethod
    def launch(
        cls,
        codex: str | Path | None = None,
        *,
        args: tuple[str, ...] = (),
        config: Mapping[str, Any] | None = None,
        cwd: str | Path | None = None,
        env: Mapping[str, str] | None = None,
        codex_home: str | Path | None = None,
        options: ClientOptions | None = None,
    ) -> Self:
        """Return a client that runs `codex app-server` as a child process."""
        launched = cls.async_client.launch(
            codex,
            args=args,
            config=config,
            cwd=cwd,
            env=env,
            codex_home=codex_home,
            options=_threaded(options),
        )
        return cls._of(launched)

    @classmethod
    def connect(
        cls,
        url: str,
        *,
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
        options: ClientOptions | None = None,
    ) -> Self:
        """Return a client for a server at `ws://host:port`."""
        options = _threaded(options)
        return cls._of(cls.async_client.connect(url, token=token, headers=headers, options=options))

    @classmethod
    def connect_unix(
        cls, path: str | Path, *, token: str | None = None, options: ClientOptions | None = None
    ) -> Self:
        """Return a client for a server that listens on `unix://PATH`."""
        return cls._of(cls.async_client.connect_unix(path, token=token, options=_threaded(options)))

    # Life

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self._portal = stack.enter_context(start_blocking_portal())
            stack.enter_context(self._portal.wrap_async_context_manager(self._client))
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *error: Any) -> bool | None:
        return self._stack.__exit__(*error)

    @property
    def server(self) -> ServerInfo:
        """What the handshake told about the server."""
        return self._client.server

    @property
    def options(self) -> ClientOptions:
        """What the client was made with."""
        return self._client.options

    def handshake(self) -> ServerInfo:
        """Shake hands; entering the client does it already."""
        return self.call(self._client.handshake)

    # Messages

    def request(self, method: str, params: Params = None, *, timeout: float | None = None) -> Any:
        """Send any request and return its result, typed where the method is known."""
        return self.call(self._client.request, method, params, timeout=timeout)

    def notify(self, method: str, params: Params = None) -> None:
        """Send a notification."""
        self.call(self._client.notify, method, params)

    def on_request(self, method: str, handler: Handler | None) -> None:
        """Answer the server's requests of `method` with `handler` (None: with the safe default)."""
        self._client.on_request(method, None if handler is None else _in_thread(handler))

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

    # Threads and turns

    def start_thread(self, params: Params = None) -> str:
        """Start a thread (a conversation, on a legacy server) and return its id."""
        return self.call(self._client.start_thread, params)

    def start_turn(
        self,
        thread_id: str,
        text_or_items: UserInput,
        params: Params = None,
        *,
        on_busy: BusyPolicy | None = None,
        buffer: int | None = None,
    ) -> Turn:
        """Start a turn and return it, with every notification of it from the first on."""
        turn = self.call(
            self._client.start_turn,
            thread_id,
            text_or_items,
            params,
            on_busy=on_busy,
            buffer=buffer,
        )
        return Turn(self.call, turn)

    def stream_turn(
        self,
        thread_id: str,
        text_or_items: UserInput,
        params: Params = None,
        *,
        on_busy: BusyPolicy | None = None,
        buffer: int | None = None,
    ) -> Iterator[Notification]:
        """Start a turn when the first item is asked for, and yield its notifications."""
        yield from self.start_turn(thread_id, text_or_items, params, on_busy=on_busy, buffer=buffer)

    def stream_text(
        self,
        thread_id: str,
        text_or_items: UserInput,
        params: Params = None,
        *,
        on_busy: BusyPolicy | None = None,
    ) -> Iterator[str]:
        """Start a turn when the first piece is asked for, and yield its answer's text in pieces.

        TurnFailedError at the end of a turn that did not complete.
        """
        turn = self.start_turn(thread_id, text_or_items, params, on_busy=on_busy)
        for notification in turn:
            if text := turn.text_of(notification):
                yield text
        raise_unless_completed(turn.result_so_far())

    def run_turn(
        self,
        thread_id: str,
        text_or_items: UserInput,
        params: Params = None,
        *,
        on_busy: BusyPolicy | None = None,
        timeout: float | None = None,
    ) -> TurnResult:
        """Run a turn to its end and return what it came to, whatever its status."""
        return self.call(
            self._client.run_turn,
            thread_id,
            text_or_items,
            params,
            on_busy=on_busy,
            timeout=timeout,
        )

    def follow_turn(self, thread_id: str, turn_id: str, *, buffer: int | None = None) -> Turn:
        """Return a turn that this or another client started, from now on."""
        follow = soon(self._client.follow_turn)
        return Turn(self.call, self.call(follow, thread_id, turn_id, buffer=buffer))

    def wait_for_turn_completed(
        self, thread_id: str, turn_id: str, *, timeout: float | None = None
    ) -> Notification:
        """Wait for the end of a turn and return the notification that says so."""
        wait = self._client.wait_for_turn_completed
        return self.call(wait, thread_id, turn_id, timeout=timeout)

    def interrupt(self, thread_id: str, turn_id: str | None = None) -> None:
        """End a turn (default: the one that runs on the thread) as `interrupted`."""
        self.call(self._client.interrupt, thread_id, turn_id)

    def steer(self, thread_id: str, text_or_items: UserInput, turn_id: str | None = None) -> None:
        """Add to the input of a running turn (default: the one that runs on the thread)."""
        self.call(self._client.steer, thread_id, text_or_items, turn_id)

    # Commands

    def run_command(self, command: list[str], options: CommandOptions | None = None) -> Command:
        """Return a command to run in the server's sandbox, outside any thread (`command/exec`)."""
        return Command(self.call, self._client.run_command(command, options))

    # Inside

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


def _threaded(options: ClientOptions | None) -> ClientOptions:
    """Return the options with handlers that run in threads."""
    options = options or ClientOptions()
    return replace(
        options,
        handlers={method: _in_thread(handler) for method, handler in options.handlers.items()},
        fallback=None if options.fallback is None else _in_thread(options.fallback),
    )


def _in_thread(handler: Handler) -> Handler:
    async def run(argument: Any) -> Any:
        return await anyio.to_thread.run_sync(handler, argument, abandon_on_cancel=True)

    return run
