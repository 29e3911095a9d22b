"""Files on any file system, copied to this machine in a time that has an end."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

from fsspec import AbstractFileSystem
from fsspec.asyn import AsyncFileSystem, sync
from fsspec.implementations.local import LocalFileSystem

from codexwire.archive.masking import reason
from codexwire.archive.places import file_system, is_s3, not_tried, storage_of
from codexwire.errors import UsageError

__all__ = ["QUIET", "Fetcher", "fetcher"]

QUIET = 60
"""Seconds without a byte after which a file is given up, and what the file system tries by itself."""

_ENOUGH = 180
"""Seconds in vain, without a file in between, after which a bucket or host is given up."""

_LONGEST_NAME = 60


@contextmanager
def fetcher() -> Iterator[Fetcher]:
    """Give what fetches files; their copies lie in one folder, which is gone when the block ends.

    UsageError when there is no place for them.
    """
    try:
        folder = TemporaryDirectory(prefix="codexwire-", ignore_cleanup_errors=True)
    except OSError as error:
        raise UsageError(
            f"there is no place for temporary files: {reason(error)}", hint="TMPDIR names one"
        ) from None
    with folder as name:
        yield Fetcher(Path(name))


class Fetcher:
    """Copies files, until their bucket or host is given up."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lost: dict[str, float] = {}

    @property
    def silent(self) -> frozenset[str]:
        """The buckets and hosts that were given up, as starts of addresses."""
        return frozenset(place for place, seconds in self._lost.items() if seconds > _ENOUGH)

    @property
    def answering(self) -> frozenset[str]:
        """The buckets and hosts that answered to the end."""
        return frozenset(place for place, seconds in self._lost.items() if not seconds)

    @contextmanager
    def local(self, address: str) -> Iterator[str]:
        """Give the path of a file on this machine with the content of another, which may be that file.

        A copy is gone when the block ends. Raises whatever the file system raises, TimeoutError when it
        says nothing, and OSError for a file of a bucket or host that was given up.
        """
        fs, name = file_system(address)
        if isinstance(fs, LocalFileSystem):
            with Path(name).open("rb"):
                pass  # it is there, and may be read
            yield name
            return
        copy = self._folder / _name_of(address)
        try:
            self._fetch(fs, name, copy, storage_of(address))
            yield str(copy)
        finally:
            copy.unlink(missing_ok=True)

    def _fetch(self, fs: AbstractFileSystem, name: str, copy: Path, storage: str) -> None:
        if storage in self.silent:
            raise OSError(not_tried(storage))
        start = time.monotonic()
        try:
            _copy(fs, name, copy)
        except (FileNotFoundError, PermissionError):
            self._lost[storage] = 0  # that is an answer
            raise
        except Exception:
            self._lost[storage] = self._lost.get(storage, 0) + time.monotonic() - start
            raise
        self._lost[storage] = 0


def _name_of(address: str) -> str:
    """Return a file name that ends as that of the file, which may tell its format."""
    web = address.startswith(("http://", "https://"))
    path = urlsplit(address).path if web else address
    return PurePosixPath(path).name[-_LONGEST_NAME:].strip(".") or "recording"


def _copy(fs: AbstractFileSystem, name: str, copy: Path) -> None:
    if isinstance(fs, AsyncFileSystem):
        # Else s3fs has ten parts of 50 MB in memory, and writes nothing before it has them.
        options = {"max_concurrency": 1} if is_s3(fs) else {}
        sync(fs.loop, _watched, fs._get_file(name, str(copy), **options), copy)
    else:
        fs.get_file(name, str(copy))


async def _watched(fetching: Coroutine[Any, Any, None], copy: Path) -> None:
    task = asyncio.ensure_future(fetching)
    before = _changed(copy)
    while not (await asyncio.wait({task}, timeout=QUIET))[0]:
        if (now := _changed(copy)) == before:
            task.cancel()
            raise TimeoutError
        before = now
    task.result()


def _changed(copy: Path) -> int | None:
    return copy.stat().st_mtime_ns if copy.exists() else None
