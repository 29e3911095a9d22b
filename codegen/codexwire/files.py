"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from codexwire.errors import UsageError
from codexwire.location import Location

__all__ = ["PRIVATE", "is_special", "open_new", "replacing", "unwritable", "write_whole"]

PRIVATE = 0o600
"""The mode of what only its owner may read: recordings hold secrets."""

_USUAL = 0o666


def unwritable(path: Path | str, problem: OSError) -> UsageError:
    """Return the error for a file that cannot be written."""
    return UsageError(
        f"the file cannot be written: {problem.strerror or problem}", location=Location(str(path))
    )


def is_special(path: Path) -> bool:
    """Whether a path is a device, a pipe or a folder: nothing that another file could replace."""
    return path.exists() and not path.is_file()


def open_new(path: Path, mode: int = _USUAL) -> int:
    """Create a file, or open a device or pipe, and return its descriptor; OSError where there is a file."""
    flags = os.O_WRONLY | getattr(os, "O_BINARY", 0)
    if not is_special(path):
        flags |= os.O_CREAT | os.O_EXCL
    return os.open(path, flags, mode)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give the name of a new file beside `path`, which takes its place at the end of the block.

    When the block fails, `path` is as it was, and so it is when the block leaves no file. A link stays a
    link. UsageError when the new file cannot take its place.
    """
    target = Path(os.path.realpath(path))
    staging = target.with_name(f".tmp-{os.urandom(6).hex()}{target.suffix}")
    try:
        yield staging
        if staging.exists():
            staging.replace(target)
    except OSError as problem:
        if problem.filename not in (None, str(staging)):
            raise
        raise unwritable(path, problem) from None
    finally:
        staging.unlink(missing_ok=True)


def write_whole(path: Path, content: bytes, mode: int = _USUAL) -> None:
    """Write a file in one step: all of it, or it is as it was. UsageError, which names it, when that fails.

    A new file gets the mode, one that is replaced keeps its own; a device or pipe is written as it is.
    """
    if is_special(path):
        _write(path, path, content, mode)
        return
    with replacing(path) as staging:
        _write(path, staging, content, mode)
        if path.exists():
            shutil.copymode(path, staging)


def _write(path: Path, place: Path, content: bytes, mode: int) -> None:
    try:
        with os.fdopen(open_new(place, mode), "wb") as out:
            out.write(content)
    except OSError as problem:
        raise unwritable(path, problem) from None
