"""Addresses on any file system of fsspec: opened, fetched, and named without what must stay secret."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from fsspec import AbstractFileSystem
from fsspec.core import url_to_fs
from fsspec.implementations.local import LocalFileSystem

from codexwire.errors import UsageError

__all__ = ["file_system", "local_copy", "masked", "reason"]

_CREDENTIALS = re.compile(r"\w://[^/\s]*@")
_SIGNED = re.compile(
    r"([?&][^=&#\s]*(?:sig|token|key|cred|pass|secret|auth)[^=&#\s]*=)[^&#\s\"']+", re.I
)
_LONGEST_REASON = 300


def file_system(source: str) -> tuple[AbstractFileSystem, str]:
    """Return the file system of an address, and what the address is called there.

    Credentials are those of the file system's own configuration. UsageError for an address that holds
    some, for a chain of file systems, and for one that is not known or lacks a package.
    """
    if _CREDENTIALS.search(source):
        raise UsageError(
            "an address with credentials in it ends in tables and logs",
            hint="put them into the configuration of fsspec or of the file system",
        )
    if "::" in source:
        raise UsageError(f"{masked(source)!r} is a chain of file systems", hint="unpack it first")
    try:
        fs, name = url_to_fs(source, use_listings_cache=False)
    except (ImportError, ValueError) as error:
        raise UsageError(f"{masked(source)!r} cannot be opened: {reason(error)}") from None
    return fs, name


@contextmanager
def local_copy(address: str) -> Iterator[str]:
    """Give the path of a file on this machine with the content of another, which may be that file.

    A copy is gone when the block ends. Raises whatever the file system raises.
    """
    fs, name = file_system(address)
    if isinstance(fs, LocalFileSystem):
        with Path(name).open("rb"):
            pass  # it is there, and may be read
        yield name
        return
    with TemporaryDirectory(prefix="codexwire-") as folder:
        copy = Path(folder, PurePosixPath(name).name.strip(".") or "recording")
        fs.get_file(name, str(copy))
        yield str(copy)


def masked(address: str) -> str:
    """Return an address without the signature or key that its query may hold."""
    return _SIGNED.sub(r"\1***", address)


_REASONS = {
    FileNotFoundError: "it is not there",
    PermissionError: "access is refused",
    TimeoutError: "there was no answer in time",
}


def reason(error: BaseException) -> str:
    """Return why something could not be read, in one line."""
    for kind, text in _REASONS.items():
        if isinstance(error, kind):
            return text
    told = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    line = masked(told.strip().partition("\n")[0])[:_LONGEST_REASON]
    return line or type(error).__name__
