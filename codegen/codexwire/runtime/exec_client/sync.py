"""The blocking client of the exec-server: the async one in a thread of its own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Self

from codexwire.runtime.client.blocking import BlockingPeer
from codexwire.runtime.client.sync_streams import (
    Blocking,
    BlockingIterator,
    ThreadCall,
    blocking,
    soon,
)
from codexwire.runtime.exec_client.core import AsyncExecClient
from codexwire.runtime.exec_client.events import ProcessOutput
from codexwire.runtime.exec_client.files import (
    BLOCK,
    AsyncFiles,
    AsyncOpenFile,
)
from codexwire.runtime.exec_client.http import AsyncHttpStream, HttpRequest, HttpResponse
from codexwire.runtime.exec_client.options import ExecOptions, ExecServerInfo
from codexwire.runtime.exec_client.paths import ExecPath
from codexwire.runtime.exec_client.process import AsyncProcess, ProcessOptions
from codexwire.runtime.exec_client.sequence import Gap
from codexwire.runtime.transport.base import TransportOpener
from codexwire.runtime.transport.stderr import Tell

__all__ = ["ExecClient", "Files", "HttpStream", "OpenFile", "Process"]


class ExecClient(BlockingPeer[AsyncExecClient]):
    """The blocking client; use it with `with`, from any number of threads.

    What the methods take, return and raise is written at `AsyncExecClient`.
    """

    async_client: ClassVar[type[AsyncExecClient]] = AsyncExecClient

    def __init__(self, transport: TransportOpener, options: ExecOptions | None = None) -> None:
        super().__init__(self.async_client(transport, options))

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
        """Return a client that runs `codex exec-server` as a child process."""
        launched = cls.async_client.launch(
            codex,
            websocket=websocket,
            args=args,
            cwd=cwd,
            env=env,
            codex_home=codex_home,
            stderr=stderr,
            options=options,
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
        options: ExecOptions | None = None,
    ) -> Self:
        """Return a client for a server at `ws://host:port`, for which it waits `wait` seconds."""
        connected = cls.async_client.connect(
            url, token=token, headers=headers, wait=wait, options=options
        )
        return cls._of(connected)

    def open(self, *, timeout: float | None = None) -> Self:
        """Connect and shake hands, as entering does, and return the client; end it with `close`."""
        return self._open(timeout)

    @property
    def options(self) -> ExecOptions:
        """What the client was made with."""
        return self._client.options

    @property
    def server(self) -> ExecServerInfo:
        """What the handshake told about the server."""
        return self._client.server

    handshake = blocking(AsyncExecClient.handshake)

    def supports(self, method: str, field: str | None = None) -> bool | None:
        """Whether the server has a method, and a field of its params; None when nobody knows."""
        return self._client.supports(method, field)

    def start(
        self,
        argv: list[str],
        options: ProcessOptions | None = None,
        *,
        timeout: float | None = None,
    ) -> Process:
        """Start a process and return it, with every piece of its output from the first on."""
        process = self.call(self._client.start, argv, options, timeout=timeout)
        return Process(self.call, process)

    run = blocking(AsyncExecClient.run)

    def attach(
        self,
        process_id: str,
        *,
        after_seq: int = 0,
        buffer: int | None = None,
        timeout: float | None = None,
    ) -> Process:
        """Follow a process of this session that runs already, or has ended a short while ago."""
        attach = self._client.attach
        found = self.call(attach, process_id, after_seq=after_seq, buffer=buffer, timeout=timeout)
        return Process(self.call, found)

    @property
    def files(self) -> Files:
        """The files of the server's machine."""
        return Files(self.call, self._client.files)

    fetch = blocking(AsyncExecClient.fetch)

    def stream(
        self, request: HttpRequest, *, buffer: int | None = None, timeout: float | None = None
    ) -> HttpStream:
        """Return a request for a `with` block, in which its answer's body is streamed."""
        stream = self.call(soon(self._client.stream), request, buffer=buffer, timeout=timeout)
        return HttpStream(self.call, stream)


class Process(BlockingIterator[AsyncProcess, ProcessOutput]):
    """A process; see `AsyncProcess`."""

    def __init__(self, call: ThreadCall, process: AsyncProcess) -> None:
        super().__init__(call, process)
        self.process_id = process.process_id

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: Any) -> None:
        self._call(self._inner.__aexit__, *error)

    @property
    def exit_code(self) -> int | None:
        """The exit code, as far as the output was read."""
        return self._inner.exit_code

    @property
    def closed(self) -> bool:
        """Whether the true end has come."""
        return self._inner.closed

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """The numbers of output that is lost."""
        return tuple(self._inner.gaps)

    wait = blocking(AsyncProcess.wait)
    wait_exit = blocking(AsyncProcess.wait_exit)
    read = blocking(AsyncProcess.read)
    write = blocking(AsyncProcess.write)
    terminate = blocking(AsyncProcess.terminate)
    signal = blocking(AsyncProcess.signal)

    def close(self) -> None:
        """Stop following; the process goes on."""
        self._call(soon(self._inner.close))


class HttpStream(BlockingIterator[AsyncHttpStream, bytes]):
    """A request whose answer's body is streamed; see `AsyncHttpStream`."""

    def __enter__(self) -> Self:
        self._call(self._inner.__aenter__)
        return self

    def __exit__(self, *error: Any) -> None:
        self._call(self._inner.__aexit__, *error)

    @property
    def response(self) -> HttpResponse:
        """Status and headers."""
        return self._inner.response

    read = blocking(AsyncHttpStream.read)


class OpenFile(BlockingIterator[AsyncOpenFile, bytes]):
    """A file that is open on the server; see `AsyncOpenFile`."""

    def __enter__(self) -> Self:
        self._call(self._inner.__aenter__)
        return self

    def __exit__(self, *error: Any) -> None:
        self._call(self._inner.__aexit__, *error)

    read = blocking(AsyncOpenFile.read)


class Files(Blocking[AsyncFiles]):
    """The files of the server's machine; see `AsyncFiles`."""

    def within(self, sandbox: Any) -> Files:
        """Return these files as far as a sandbox allows."""
        return Files(self._call, self._inner.within(sandbox))

    read = blocking(AsyncFiles.read)
    write = blocking(AsyncFiles.write)
    create_directory = blocking(AsyncFiles.create_directory)
    info = blocking(AsyncFiles.info)
    list = blocking(AsyncFiles.list)
    copy = blocking(AsyncFiles.copy)
    remove = blocking(AsyncFiles.remove)
    canonicalize = blocking(AsyncFiles.canonicalize)
    walk = blocking(AsyncFiles.walk)

    def open(self, path: ExecPath, *, block: int = BLOCK, timeout: float | None = None) -> OpenFile:
        """Return a file for a `with` block, to read it in parts of at most `block` bytes."""
        return OpenFile(self._call, self._inner.open(path, block=block, timeout=timeout))
