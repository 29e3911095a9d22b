"""The blocking client of the exec-server: the async one in a thread of its own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Self

from codexwire.runtime.client.blocking import BlockingPeer
from codexwire.runtime.client.sync_streams import Blocking, Call, soon
from codexwire.runtime.exec_client.core import AsyncExecClient
from codexwire.runtime.exec_client.events import ProcessOutput, ProcessRead, ProcessResult
from codexwire.runtime.exec_client.files import (
    BLOCK,
    AsyncFiles,
    AsyncOpenFile,
    DirectoryEntry,
    FileInfo,
    FileTree,
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

    def handshake(self) -> ExecServerInfo:
        """Shake hands; entering the client does it already."""
        return self.call(self._client.handshake)

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

    def run(
        self,
        argv: list[str],
        options: ProcessOptions | None = None,
        *,
        input: bytes | None = None,
        timeout: float | None = None,
    ) -> ProcessResult:
        """Run a process to its true end and return its result."""
        return self.call(self._client.run, argv, options, input=input, timeout=timeout)

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

    def fetch(self, request: HttpRequest, *, timeout: float | None = None) -> HttpResponse:
        """Let the server make an HTTP request, and return the whole answer."""
        return self.call(self._client.fetch, request, timeout=timeout)

    def stream(
        self, request: HttpRequest, *, buffer: int | None = None, timeout: float | None = None
    ) -> HttpStream:
        """Return a request for a `with` block, in which its answer's body is streamed."""
        stream = self.call(soon(self._client.stream), request, buffer=buffer, timeout=timeout)
        return HttpStream(self.call, stream)


class Process(Blocking[ProcessOutput]):
    """A process; see `AsyncProcess`."""

    def __init__(self, call: Call, process: AsyncProcess) -> None:
        super().__init__(call, process)
        self._process = process
        self.process_id = process.process_id

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: Any) -> None:
        self._call(self._process.__aexit__, *error)

    @property
    def exit_code(self) -> int | None:
        """The exit code, as far as the output was read."""
        return self._process.exit_code

    @property
    def closed(self) -> bool:
        """Whether the true end has come."""
        return self._process.closed

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """The numbers of output that is lost."""
        return tuple(self._process.gaps)

    def wait(self, *, timeout: float | None = None) -> ProcessResult:
        """Return the result at the true end, with all output that was not read before."""
        return self._call(self._process.wait, timeout=timeout)

    def wait_exit(self, *, timeout: float | None = None) -> int | None:
        """Return the exit code as soon as the process has exited."""
        return self._call(self._process.wait_exit, timeout=timeout)

    def read(
        self,
        *,
        after_seq: int | None = None,
        max_bytes: int | None = None,
        wait_ms: int | None = None,
        timeout: float | None = None,
    ) -> ProcessRead:
        """Ask for the output that the server has kept, behind the number `after_seq`."""
        read = self._process.read
        return self._call(
            read, after_seq=after_seq, max_bytes=max_bytes, wait_ms=wait_ms, timeout=timeout
        )

    def write(self, data: bytes, *, timeout: float | None = None) -> None:
        """Write to standard input or to the terminal."""
        self._call(self._process.write, data, timeout=timeout)

    def terminate(self, *, timeout: float | None = None) -> bool:
        """Kill the process and return whether it ran."""
        return self._call(self._process.terminate, timeout=timeout)

    def signal(self, signal: str = "interrupt", *, timeout: float | None = None) -> None:
        """Send a signal."""
        self._call(self._process.signal, signal, timeout=timeout)

    def close(self) -> None:
        """Stop following; the process goes on."""
        self._call(soon(self._process.close))


class HttpStream(Blocking[bytes]):
    """A request whose answer's body is streamed; see `AsyncHttpStream`."""

    def __init__(self, call: Call, stream: AsyncHttpStream) -> None:
        super().__init__(call, stream)
        self._stream = stream

    def __enter__(self) -> Self:
        self._call(self._stream.__aenter__)
        return self

    def __exit__(self, *error: Any) -> None:
        self._call(self._stream.__aexit__, *error)

    @property
    def response(self) -> HttpResponse:
        """Status and headers."""
        return self._stream.response

    def read(self, *, timeout: float | None = None) -> bytes:
        """Return what is left of the body."""
        return self._call(self._stream.read, timeout=timeout)


class OpenFile(Blocking[bytes]):
    """A file that is open on the server; see `AsyncOpenFile`."""

    def __init__(self, call: Call, file: AsyncOpenFile) -> None:
        super().__init__(call, file)
        self._file = file

    def __enter__(self) -> Self:
        self._call(self._file.__aenter__)
        return self

    def __exit__(self, *error: Any) -> None:
        self._call(self._file.__aexit__, *error)

    def read(self, offset: int, size: int) -> bytes:
        """Return at most `size` bytes from `offset` on, empty behind the end."""
        return self._call(self._file.read, offset, size)


class Files:
    """The files of the server's machine; see `AsyncFiles`."""

    def __init__(self, call: Call, files: AsyncFiles) -> None:
        self._call = call
        self._files = files

    def within(self, sandbox: Any) -> Files:
        """Return these files as far as a sandbox allows."""
        return Files(self._call, self._files.within(sandbox))

    def read(self, path: ExecPath, *, timeout: float | None = None) -> bytes:
        """Return a file's content."""
        return self._call(self._files.read, path, timeout=timeout)

    def write(self, path: ExecPath, data: bytes, *, timeout: float | None = None) -> None:
        """Write a file, anew or in place of another."""
        self._call(self._files.write, path, data, timeout=timeout)

    def create_directory(
        self, path: ExecPath, *, recursive: bool = True, timeout: float | None = None
    ) -> None:
        """Make a folder, and those above it if `recursive`."""
        self._call(self._files.create_directory, path, recursive=recursive, timeout=timeout)

    def info(self, path: ExecPath, *, timeout: float | None = None) -> FileInfo:
        """Return what is known about a file or folder."""
        return self._call(self._files.info, path, timeout=timeout)

    def list(self, path: ExecPath, *, timeout: float | None = None) -> tuple[DirectoryEntry, ...]:
        """Return what a folder has in it, in the server's order."""
        return self._call(self._files.list, path, timeout=timeout)

    def copy(
        self,
        source: ExecPath,
        destination: ExecPath,
        *,
        recursive: bool = False,
        timeout: float | None = None,
    ) -> None:
        """Copy a file, or a folder if `recursive`."""
        self._call(self._files.copy, source, destination, recursive=recursive, timeout=timeout)

    def remove(
        self,
        path: ExecPath,
        *,
        recursive: bool = False,
        force: bool = False,
        timeout: float | None = None,
    ) -> None:
        """Remove a file, or a folder if `recursive`; with `force` it need not be there."""
        self._call(self._files.remove, path, recursive=recursive, force=force, timeout=timeout)

    def canonicalize(self, path: ExecPath, *, timeout: float | None = None) -> str:
        """Return the native path without links and dots."""
        return self._call(self._files.canonicalize, path, timeout=timeout)

    def walk(
        self,
        path: ExecPath,
        *,
        max_depth: int = 64,
        max_directories: int = 10_000,
        max_entries: int = 50_000,
        follow_symlinks: bool = False,
        timeout: float | None = None,
    ) -> FileTree:
        """Return what is below a folder, up to the limits."""
        return self._call(
            self._files.walk,
            path,
            max_depth=max_depth,
            max_directories=max_directories,
            max_entries=max_entries,
            follow_symlinks=follow_symlinks,
            timeout=timeout,
        )

    def open(self, path: ExecPath, *, block: int = BLOCK, timeout: float | None = None) -> OpenFile:
        """Return a file for a `with` block, to read it in parts of at most `block` bytes."""
        return OpenFile(self._call, self._files.open(path, block=block, timeout=timeout))
