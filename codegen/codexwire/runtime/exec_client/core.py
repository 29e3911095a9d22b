"""The async client of the exec-server: what the generated one adds typed methods to."""

from __future__ import annotations

import itertools
import re
import secrets
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Final, Self

from codexwire.model.message import Json
from codexwire.runtime import transport as transports
from codexwire.runtime.client.limit import within
from codexwire.runtime.client.peer import AsyncPeer
from codexwire.runtime.errors import InvalidParamsError, RpcError, UnsupportedError
from codexwire.runtime.exec_client.events import ProcessResult
from codexwire.runtime.exec_client.files import AsyncFiles
from codexwire.runtime.exec_client.http import AsyncHttpStream, HttpRequest, HttpResponse
from codexwire.runtime.exec_client.options import ExecOptions, ExecServerInfo
from codexwire.runtime.exec_client.paths import ExecPath, PathStyle, wire_path
from codexwire.runtime.exec_client.process import AsyncProcess, ProcessOptions
from codexwire.runtime.launch import ANY_PORT, exec_server_command, home_variable
from codexwire.runtime.transport.base import TransportOpener, background_tasks
from codexwire.runtime.transport.stderr import Tell

__all__ = ["AsyncExecClient"]

_WITH_INPUT: Final = ("/bin/sh", "-c", 'n=$1; shift; head -c "$n" | "$@"', "sh")
_WANTS_URI = re.compile(r"\binvalid URI\b")


class AsyncExecClient(AsyncPeer[ExecOptions]):
    """A client of `codex exec-server` over one connection, for asyncio and trio.

    Make it with `launch` or `connect`, or from any TransportOpener, and use it with `async with`:
    entering connects and shakes hands, leaving closes. `server` is what the handshake told.
    """

    def __init__(self, transport: TransportOpener, options: ExecOptions | None = None) -> None:
        super().__init__(transport, options or ExecOptions())
        self.server = ExecServerInfo("", None, None, {})
        self._paths: PathStyle | None = self.options.paths
        # A resumed session knows the processes of earlier connections.
        self._names = (f"codexwire-{secrets.token_hex(4)}-{n}" for n in itertools.count(1))

    @classmethod
    def launch(
        cls,
        codex: str | Path | None = None,
        *,
        websocket: bool = False,
        args: tuple[str, ...] = (),
        cwd: str | Path | None = None,
        env: Mapping[str, str] | None = None,
        codex_home: str | Path | None = None,
        stderr: Tell | None = None,
        options: ExecOptions | None = None,
    ) -> Self:
        """Return a client that runs `codex exec-server` as a child process.

        It speaks over standard input and output, which servers can from 0.130.0 on, or with `websocket`
        over a port of its own choice. `codex` is the binary (default: found by `find_codex`), `args`
        further arguments, `env` additions to the environment, `codex_home` the folder that becomes
        CODEX_HOME. `stderr` is called with each line that the server writes to its standard error.
        LaunchError when there is no binary.
        """
        listen = ANY_PORT if websocket else "stdio"
        command = exec_server_command(codex, listen=listen, args=args)
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
        options: ExecOptions | None = None,
    ) -> Self:
        """Return a client for a server at `ws://host:port`; `token` is its bearer token.

        For `wait` seconds it tries again while no server is there (None: NoServerError at once).
        """
        opener = partial(transports.open_websocket, url, token=token, headers=headers)
        return cls(transports.patient(opener, wait), options)

    async def open(self, *, timeout: float | None = None) -> Self:
        """Connect and shake hands, as entering does, and return the client (`start` starts a process).

        RequestTimeoutError when that takes more than `timeout` seconds, UnsupportedError for a client
        that is open. A closed client can be opened again. End it with `close`, from any task.
        """
        return await self._open(timeout)

    async def _greet(self) -> None:
        if self.options.handshake:
            await self.handshake()

    async def handshake(self) -> ExecServerInfo:
        """Shake hands; entering the client does it already.

        SessionNotFoundError when the session to resume is gone.
        """
        result = await self._shake(self.options.initialize_params())
        self.server = ExecServerInfo.of(result)
        self._paths = self.options.paths or self.server.paths
        await self.notify("initialized", {})
        return self.server

    def supports(self, method: str, field: str | None = None) -> bool | None:
        """Whether the server has a method, and a field of its params; None when nobody knows.

        It is told by the server's release, which servers say from 0.160.0 on.
        """
        from codexwire.runtime.exec_client.support import (
            supports,
        )  # only for who asks: it reads a file

        return supports(self.server.version, method, field)

    # Processes

    async def start(
        self,
        argv: list[str],
        options: ProcessOptions | None = None,
        *,
        timeout: float | None = None,
    ) -> AsyncProcess:
        """Start a process and return it, with every piece of its output from the first on.

        InternalServerError when it cannot be started, ProcessExistsError for an id that is taken. When
        the call is cancelled or takes more than `timeout` seconds, the process is terminated, if it was
        started.
        """
        with within(timeout, "process/start", "the process did not start"):
            return await self._start(argv, options)

    async def _start(self, argv: list[str], options: ProcessOptions | None) -> AsyncProcess:
        options = options or ProcessOptions()
        process_id = options.process_id or next(self._names)
        process = AsyncProcess(self, process_id, buffer=options.buffer or self.options.buffer)
        params = options.params(argv, process_id)
        cwd = options.cwd or self._cwd()
        try:
            await self.ask_paths("process/start", {"cwd": cwd}, params)
        except RpcError:
            raise
        except BaseException:
            await process.abandon()
            raise
        return process

    async def run(
        self,
        argv: list[str],
        options: ProcessOptions | None = None,
        *,
        input: bytes | None = None,
        timeout: float | None = None,
    ) -> ProcessResult:
        """Run a process to its true end and return its result.

        `input` is all of its standard input. The protocol cannot say where that ends, so `sh` and `head`
        of the server's machine do. A process that is cancelled, or runs for more than `timeout` seconds
        (RequestTimeoutError), is terminated.
        """
        missing = f"{argv[0] if argv else 'the process'} did not end"
        if input is not None:
            argv = [*_WITH_INPUT, str(len(input)), *argv]
            options = replace(options or ProcessOptions(), stdin=True)
        with within(timeout, "process/closed", missing):
            async with (
                await self.start(argv, options) as process,
                background_tasks(lambda: process.feed(input or b"")),
            ):
                return await process.wait()

    async def attach(
        self,
        process_id: str,
        *,
        after_seq: int = 0,
        buffer: int | None = None,
        timeout: float | None = None,
    ) -> AsyncProcess:
        """Follow a process of this session that runs already, or has ended a short while ago.

        Its output behind the number `after_seq` comes first, as far as the server has kept it.
        ProcessNotFoundError for an unknown process.
        """
        process = AsyncProcess(
            self, process_id, buffer=buffer or self.options.buffer, taken=after_seq
        )
        await process.catch_up(timeout=timeout)
        return process

    # Files and HTTP

    @property
    def files(self) -> AsyncFiles:
        """The files of the server's machine."""
        return AsyncFiles(self)

    async def fetch(self, request: HttpRequest, *, timeout: float | None = None) -> HttpResponse:
        """Let the server make an HTTP request, and return the whole answer (from 0.125.0 on).

        InternalServerError when no answer comes; any status is an answer.
        """
        params = request.params(next(self._names), stream=False)
        return HttpResponse.of(await self.ask("http/request", params, timeout=timeout))

    def stream(
        self, request: HttpRequest, *, buffer: int | None = None, timeout: float | None = None
    ) -> AsyncHttpStream:
        """Return a request for an `async with` block, in which its answer's body is streamed.

        `timeout` is for the head of the answer, which entering the block waits for.
        """
        buffer = buffer or self.options.buffer
        return AsyncHttpStream(self, request, next(self._names), buffer, timeout)

    # Paths

    async def ask_paths(
        self,
        method: str,
        paths: Mapping[str, ExecPath],
        params: Json,
        /,
        *,
        timeout: float | None = None,
    ) -> Any:
        """Send a request whose members `paths` are written as the server takes them.

        Between 0.141.0 and 0.150.0 only a refusal tells: `ask_paths` then writes URIs and asks again.
        """
        try:
            return await self.ask(method, params | self._written(paths), timeout=timeout)
        except InvalidParamsError as refusal:
            if self._paths is not None or not _WANTS_URI.search(refusal.message):
                raise
        self._paths = "uri"
        return await self.ask(method, params | self._written(paths), timeout=timeout)

    def _written(self, paths: Mapping[str, ExecPath]) -> Json:
        style = self._paths or "native"
        return {name: wire_path(path, style) for name, path in paths.items()}

    def _cwd(self) -> str:
        if self.server.cwd is None:
            raise UnsupportedError(
                "this server does not tell its folder", hint="give ProcessOptions(cwd=…)"
            )
        return self.server.cwd
