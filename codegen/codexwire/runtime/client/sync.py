"""The sync client: the async one in a thread of its own, but for requests, which wait where they are made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, Self

import anyio.to_thread

from codexwire.runtime.client.blocking import BlockingPeer
from codexwire.runtime.client.command import CommandOptions
from codexwire.runtime.client.core import AsyncClient
from codexwire.runtime.client.dialect import UserInput
from codexwire.runtime.client.handlers import Handler
from codexwire.runtime.client.login import Login
from codexwire.runtime.client.messages import Notification
from codexwire.runtime.client.options import BusyPolicy, ClientOptions, ServerInfo
from codexwire.runtime.client.peer import Params
from codexwire.runtime.client.streams import raise_unless_completed
from codexwire.runtime.client.sync_streams import Command, Turn, blocking, soon
from codexwire.runtime.transport.base import TransportOpener
from codexwire.runtime.transport.stderr import Tell

__all__ = ["Client"]


class Client(BlockingPeer[AsyncClient]):
    """The blocking client; use it with `with`, from any number of threads.

    What the methods take, return and raise is written at `AsyncClient`. Handlers are plain functions
    and run in threads of their own: they may block, ask the user, and use the client.
    """

    async_client: ClassVar[type[AsyncClient]] = AsyncClient

    def __init__(self, transport: TransportOpener, options: ClientOptions | None = None) -> None:
        super().__init__(self.async_client(transport, _threaded(options)))

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
        websocket: bool = False,
        stderr: Tell | None = None,
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
            websocket=websocket,
            stderr=stderr,
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
        wait: float | None = None,
        options: ClientOptions | None = None,
    ) -> Self:
        """Return a client for a server at `ws://host:port`, for which it waits `wait` seconds."""
        connected = cls.async_client.connect(
            url, token=token, headers=headers, wait=wait, options=_threaded(options)
        )
        return cls._of(connected)

    @classmethod
    def connect_unix(
        cls,
        path: str | Path,
        *,
        token: str | None = None,
        wait: float | None = None,
        options: ClientOptions | None = None,
    ) -> Self:
        """Return a client for a server that listens on `unix://PATH`; `wait` as for `connect`."""
        connected = cls.async_client.connect_unix(
            path, token=token, wait=wait, options=_threaded(options)
        )
        return cls._of(connected)

    # Life

    def start(self, *, timeout: float | None = None) -> Self:
        """Connect and shake hands, as entering does, and return the client; end it with `close`."""
        return self._open(timeout)

    @property
    def options(self) -> ClientOptions:
        """What the client was made with."""
        return self._client.options

    @property
    def server(self) -> ServerInfo:
        """What the handshake told about the server."""
        return self._client.server

    is_logged_in = blocking(AsyncClient.is_logged_in)

    def login(self, params: Params, *, timeout: float | None = None) -> Login:
        """Start a login (`{"type": "chatgpt"}`) and return it, to be shown, waited for or cancelled."""
        return Login(self.call, self.call(self._client.login, params, timeout=timeout))

    handshake = blocking(AsyncClient.handshake)

    def supports(self, method: str, field: str | None = None) -> bool | None:
        """Whether the server has a method, and a field of its params; None when nobody knows."""
        return self._client.supports(method, field)

    def on_request(self, method: str, handler: Handler | None) -> None:
        """Answer the server's requests of `method` with `handler` (None: with the safe default)."""
        self._client.on_request(method, None if handler is None else _in_thread(handler))

    # Threads and turns

    read_turn = blocking(AsyncClient.read_turn)
    start_thread = blocking(AsyncClient.start_thread)

    def start_turn(
        self,
        thread_id: str,
        text_or_items: UserInput,
        params: Params = None,
        *,
        on_busy: BusyPolicy | None = None,
        buffer: int | None = None,
        grace: float | None = None,
        timeout: float | None = None,
    ) -> Turn:
        """Start a turn and return it, with every notification of it from the first on."""
        turn = self.call(
            self._client.start_turn,
            thread_id,
            text_or_items,
            params,
            on_busy=on_busy,
            buffer=buffer,
            grace=grace,
            timeout=timeout,
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
        grace: float | None = None,
        timeout: float | None = None,
    ) -> Iterator[Notification]:
        """Start a turn when the first item is asked for, and yield its notifications."""
        stream = self._client.stream_turn(
            thread_id,
            text_or_items,
            params,
            on_busy=on_busy,
            buffer=buffer,
            grace=grace,
            timeout=timeout,
        )
        yield from Turn(self.call, self.call(stream.started))

    def stream_text(
        self,
        thread_id: str,
        text_or_items: UserInput,
        params: Params = None,
        *,
        on_busy: BusyPolicy | None = None,
        grace: float | None = None,
        timeout: float | None = None,
    ) -> Iterator[str]:
        """Start a turn when the first piece is asked for, and yield its answer's text in pieces.

        TurnFailedError at the end of a turn that did not complete.
        """
        stream = self._client.stream_turn(
            thread_id, text_or_items, params, on_busy=on_busy, grace=grace, timeout=timeout
        )
        turn = Turn(self.call, self.call(stream.started))
        for notification in turn:
            if text := turn.text_of(notification):
                yield text
        raise_unless_completed(turn.result_so_far())

    run_turn = blocking(AsyncClient.run_turn)

    def follow_turn(
        self,
        thread_id: str,
        turn_id: str,
        *,
        buffer: int | None = None,
        grace: float | None = None,
    ) -> Turn:
        """Return a turn that this or another client started, from now on."""
        follow = soon(self._client.follow_turn)
        return Turn(self.call, self.call(follow, thread_id, turn_id, buffer=buffer, grace=grace))

    wait_for_turn_completed = blocking(AsyncClient.wait_for_turn_completed)
    interrupt = blocking(AsyncClient.interrupt)
    steer = blocking(AsyncClient.steer)

    # Commands

    def run_command(self, command: list[str], options: CommandOptions | None = None) -> Command:
        """Return a command to run in the server's sandbox, outside any thread (`command/exec`)."""
        return Command(self.call, self._client.run_command(command, options))


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
