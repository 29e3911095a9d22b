"""The files of the exec-server's machine, as bytes."""

from __future__ import annotations

import base64
import itertools
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, Protocol, Self

import anyio

from codexwire.model.message import Json
from codexwire.runtime.errors import ClientError, UnexpectedResultError
from codexwire.runtime.exec_client.events import unbase64
from codexwire.runtime.exec_client.paths import ExecPath, native_path
from codexwire.runtime.exec_client.pieces import Pieces

__all__ = [
    "BLOCK",
    "AsyncFiles",
    "AsyncOpenFile",
    "DirectoryEntry",
    "FileInfo",
    "FileTree",
    "TreeEntry",
]

BLOCK: Final = 256 * 1024
"""How many bytes of an open file are read at a time by default."""
_END_WAIT: Final = 0.5
_HANDLES = itertools.count(1)


@dataclass(frozen=True, slots=True)
class FileInfo:
    """What is known about a file or folder; times are Unix milliseconds, 0 for an unknown one.

    `is_symlink` is None before 0.125.0, `size` (bytes) before 0.140.0.
    """

    is_directory: bool
    is_file: bool
    is_symlink: bool | None
    size: int | None
    created_at_ms: int
    modified_at_ms: int


@dataclass(frozen=True, slots=True)
class DirectoryEntry:
    """A name in a folder."""

    name: str
    is_directory: bool
    is_file: bool


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """A native path below a folder and what it is (`file`, `directory`)."""

    path: str
    kind: str


@dataclass(frozen=True, slots=True)
class FileTree:
    """What is below a folder; `truncated` when a limit was reached, `errors` as on the wire."""

    entries: tuple[TreeEntry, ...]
    errors: tuple[Any, ...]
    truncated: bool


class FileClient(Protocol):
    """What files need of their client."""

    async def ask_paths(
        self,
        method: str,
        paths: Mapping[str, ExecPath],
        params: Json,
        /,
        *,
        timeout: float | None = None,
    ) -> Any:
        """Send a request with paths as the server takes them; return its result as on the wire."""

    async def ask(self, method: str, params: Any = None, *, timeout: float | None = None) -> Any:
        """Send a request and return its result as on the wire."""


class AsyncFiles:
    """Reads and writes files of the server's machine.

    Paths are absolute, native or `file://` URIs. FileMissingError for what is not there, other RpcErrors for
    what cannot be done, MethodUnknownError from releases that lack a method.
    """

    def __init__(self, server: FileClient, sandbox: Any = None) -> None:
        self._server = server
        self._extra: Json = {} if sandbox is None else {"sandbox": sandbox}

    def within(self, sandbox: Any) -> AsyncFiles:
        """Return these files as far as a sandbox allows (a `FileSystemSandboxContext`)."""
        return AsyncFiles(self._server, sandbox)

    async def read(self, path: ExecPath, *, timeout: float | None = None) -> bytes:
        """Return a file's content."""
        result = await self._ask("fs/readFile", path, timeout)
        return _bytes("fs/readFile", result, "dataBase64")

    async def write(self, path: ExecPath, data: bytes, *, timeout: float | None = None) -> None:
        """Write a file, anew or in place of another."""
        encoded = base64.b64encode(data).decode()
        await self._ask("fs/writeFile", path, timeout, dataBase64=encoded)

    async def create_directory(
        self, path: ExecPath, *, recursive: bool = True, timeout: float | None = None
    ) -> None:
        """Make a folder, and those above it if `recursive`."""
        await self._ask("fs/createDirectory", path, timeout, recursive=recursive)

    async def info(self, path: ExecPath, *, timeout: float | None = None) -> FileInfo:
        """Return what is known about a file or folder."""
        found = await self._ask("fs/getMetadata", path, timeout)
        return FileInfo(
            found["isDirectory"],
            found["isFile"],
            found.get("isSymlink"),
            found.get("size"),
            found["createdAtMs"],
            found["modifiedAtMs"],
        )

    async def list(
        self, path: ExecPath, *, timeout: float | None = None
    ) -> tuple[DirectoryEntry, ...]:
        """Return what a folder has in it, in the server's order."""
        found = await self._ask("fs/readDirectory", path, timeout)
        return tuple(
            DirectoryEntry(entry["fileName"], entry["isDirectory"], entry["isFile"])
            for entry in found["entries"]
        )

    async def copy(
        self,
        source: ExecPath,
        destination: ExecPath,
        *,
        recursive: bool = False,
        timeout: float | None = None,
    ) -> None:
        """Copy a file, or a folder if `recursive`."""
        paths = {"sourcePath": source, "destinationPath": destination}
        params = {"recursive": recursive, **self._extra}
        await self._server.ask_paths("fs/copy", paths, params, timeout=timeout)

    async def remove(
        self,
        path: ExecPath,
        *,
        recursive: bool = False,
        force: bool = False,
        timeout: float | None = None,
    ) -> None:
        """Remove a file, or a folder if `recursive`; with `force` it need not be there."""
        await self._ask("fs/remove", path, timeout, recursive=recursive, force=force)

    async def canonicalize(self, path: ExecPath, *, timeout: float | None = None) -> str:
        """Return the native path without links and dots (servers from 0.140.0 on)."""
        return native_path((await self._ask("fs/canonicalize", path, timeout))["path"])

    async def walk(
        self,
        path: ExecPath,
        *,
        max_depth: int = 64,
        max_directories: int = 10_000,
        max_entries: int = 50_000,
        follow_symlinks: bool = False,
        timeout: float | None = None,
    ) -> FileTree:
        """Return what is below a folder, up to the limits (servers from 0.150.0 on)."""
        options = {
            "maxDepth": max_depth,
            "maxDirectories": max_directories,
            "maxEntries": max_entries,
            "followDirectorySymlinks": follow_symlinks,
        }
        found = await self._ask("fs/walk", path, timeout, options=options)
        entries = (TreeEntry(native_path(e["path"]), e["kind"]) for e in found["entries"])
        return FileTree(tuple(entries), tuple(found["errors"]), found["truncated"])

    def open(
        self, path: ExecPath, *, block: int = BLOCK, timeout: float | None = None
    ) -> AsyncOpenFile:
        """Return a file for an `async with` block, to read it in parts (servers from 0.150.0 on).

        Iterating over it yields its content in pieces of at most `block` bytes. Opening it and each
        piece may take `timeout` seconds.
        """
        return AsyncOpenFile(self._server, path, self._extra, block, timeout)

    async def _ask(
        self, method: str, path: ExecPath, timeout: float | None, /, **params: Any
    ) -> Any:
        params |= self._extra
        return await self._server.ask_paths(method, {"path": path}, params, timeout=timeout)


class AsyncOpenFile(Pieces[bytes]):
    """A file that is open on the server; see `AsyncFiles.open`."""

    def __init__(
        self, server: FileClient, path: ExecPath, extra: Json, block: int, timeout: float | None
    ) -> None:
        super().__init__()
        self._server = server
        self._path = path
        self._params: Json = {"handleId": f"codexwire-{next(_HANDLES)}"}
        self._extra = extra
        self._block = block
        self._timeout = timeout
        self._offset = 0
        self._ended = False

    async def __aenter__(self) -> Self:
        params = self._params | self._extra
        paths = {"path": self._path}
        await self._server.ask_paths("fs/open", paths, params, timeout=self._timeout)
        return self

    async def __aexit__(self, *_: Any) -> None:
        # A ClientError: there is no server any more.
        with anyio.move_on_after(_END_WAIT, shield=True), suppress(ClientError):
            await self._server.ask("fs/close", self._params)

    async def read(self, offset: int, size: int) -> bytes:
        """Return at most `size` bytes from `offset` on, empty behind the end.

        The server refuses more than a mebibyte at a time (InvalidParamsError).
        """
        return (await self._read(offset, size))[0]

    @property
    def ended(self) -> bool:
        """Whether iteration has come to the end of the file."""
        return self._ended

    async def filled(self) -> bool:
        """Read the next piece, to `take` it; False at the end."""
        if not self._ready and not self._ended:
            piece, eof = await self._read(self._offset, self._block)
            self._offset += len(piece)
            self._ended = eof or not piece
            if piece:
                self._ready.append(piece)
        return bool(self._ready)

    async def _read(self, offset: int, size: int) -> tuple[bytes, bool]:
        where = self._params | {"offset": offset, "len": size}
        found = await self._server.ask("fs/readBlock", where, timeout=self._timeout)
        return _bytes("fs/readBlock", found, "chunk"), found["eof"]


def _bytes(method: str, result: Any, member: str) -> bytes:
    try:
        return unbase64(result[member])
    except (KeyError, TypeError, ValueError):
        raise UnexpectedResultError(method, result) from None
