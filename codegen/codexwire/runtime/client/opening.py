"""How a client of the app-server is made and started: it launches a server, or connects to one."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, Self

from codexwire.runtime import transport as transports
from codexwire.runtime.client.handlers import Handlers
from codexwire.runtime.client.login import AsyncLogin, start_login
from codexwire.runtime.client.options import ClientOptions
from codexwire.runtime.client.peer import Params
from codexwire.runtime.client.reconnect import AsyncReconnecting
from codexwire.runtime.errors import InvalidParamsError, MethodUnknownError
from codexwire.runtime.launch import ANY_PORT, app_server_command, home_variable
from codexwire.runtime.transport.base import TransportOpener
from codexwire.runtime.transport.stderr import Tell

__all__ = ["AsyncOpened"]


class AsyncOpened(AsyncReconnecting):
    """An async client of the app-server that can be made and started."""

    def __init__(self, transport: TransportOpener, options: ClientOptions | None = None) -> None:
        options = options or ClientOptions()
        super().__init__(
            transport,
            options,
            Handlers(options.handlers, options.fallback, options.decision_timeout),
        )

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
        """Return a client that runs `codex app-server` as a child process.

        It speaks over standard input and output, or with `websocket` over a port of its own choice.
        `codex` is the binary (default: found by `find_codex`), `args` further arguments, `config`
        overrides of config.toml (dotted names; what is None is left out), `env` additions to the
        environment, `codex_home` the folder that becomes CODEX_HOME. `stderr` is called with each line
        that the server writes to its standard error, as `logger.info` or `print`. LaunchError when
        there is no binary, MessageError for a `config` that TOML does not have.
        """
        command = app_server_command(
            codex, args=args, config=config, listen=ANY_PORT if websocket else None
        )
        opener = transports.open_served_websocket if websocket else transports.open_stdio
        added = {**(env or {}), **home_variable(codex_home)}
        return cls(lambda: opener(command, cwd=cwd, env=added, stderr=stderr), options)

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
        """Return a client for a server at `ws://host:port`; `token` is its bearer token.

        For `wait` seconds it tries again while no server is there (None: NoServerError at once).
        """
        opener = partial(transports.open_websocket, url, token=token, headers=headers)
        return cls(transports.patient(opener, wait), options)

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
        opener = partial(transports.open_unix_socket, path, token=token)
        return cls(transports.patient(opener, wait), options)

    async def is_logged_in(self, *, timeout: float | None = None) -> bool | None:
        """Whether the model can be asked: somebody is logged in, or its provider wants nobody.

        None when the server is too old to tell.
        """
        try:
            account = await self.ask("account/read", {}, timeout=timeout)
        except (MethodUnknownError, InvalidParamsError):
            return None
        if not isinstance(account, dict):
            return None
        return account.get("account") is not None or not account.get("requiresOpenaiAuth")

    async def login(self, params: Params, *, timeout: float | None = None) -> AsyncLogin:
        """Start a login (`{"type": "chatgpt"}`) and return it, to be shown, waited for or cancelled.

        `params` are those of `account/login/start`; `timeout` is for its start alone.
        """
        return await start_login(self, params, timeout)

    async def start(self, *, timeout: float | None = None) -> Self:
        """Connect and shake hands, as entering does, and return the client.

        RequestTimeoutError when that takes more than `timeout` seconds, UnsupportedError for a client
        that is open. A closed client can be started again. End it with `close`, from any task.
        """
        return await self._open(timeout)
