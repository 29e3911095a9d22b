"""A private cache of what was made of schemas and can be made again: bytes by name.

Nothing here ever fails: a folder that cannot be written, or is open to other users, keeps nothing, and a
damaged entry is not there. `CODEXWIRE_NO_CACHE=1` turns it off; releases that were pulled stay available.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from codexwire._version import __version__
from codexwire.errors import CodexwireError
from codexwire.files import replacing
from codexwire.ingest.cache import default_cache

__all__ = ["MOST_BYTES", "keep", "name_of", "recall"]

MOST_BYTES = 100 << 20
"""How much is kept; what was not asked for the longest time goes first."""

_OFF = "CODEXWIRE_NO_CACHE"
_CHECKSUM = 32
_PACKAGE = Path(__file__).parents[1]
_MAKERS = (".", "ir", "model", "profiles", "ingest", "normalize")
"""The folders of codexwire whose code decides what is made."""


def name_of(*facts: Any, files: tuple[Path, ...]) -> str | None:
    """Return the name for what is made of the content of files, by this codexwire and this Python.

    `facts` are whatever else it depends on, as values whose `repr` says all. None when a file cannot
    be read.
    """
    try:
        contents = [(str(path), sha256(path.read_bytes()).hexdigest()) for path in files]
        return sha256(repr((*_tool(), contents, facts)).encode()).hexdigest()
    except (OSError, UnicodeEncodeError):
        return None


def recall(name: str) -> bytes | None:
    """Return what is kept under a name, None when nothing is, or not as it was written."""
    folder = _folder()
    try:
        if folder is None or not _is_private(folder):
            return None
        found = (folder / name).read_bytes()
        os.utime(folder / name)  # it was used: others go before it
    except OSError:
        return None
    content = found[_CHECKSUM:]
    return content if sha256(content).digest() == found[:_CHECKSUM] else None


def keep(name: str, content: bytes) -> None:
    """Keep bytes under a name, in one step; another process may do so at the same time."""
    folder = _folder()
    if folder is None:
        return
    with suppress(OSError, CodexwireError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if _is_private(folder):
            with replacing(folder / name) as staging:
                staging.write_bytes(sha256(content).digest() + content)
            _make_room(folder)


def _folder() -> Path | None:
    return None if os.environ.get(_OFF) else default_cache().root / "made"


def _is_private(folder: Path) -> bool:
    """Whether it is a folder of this user, and closed to all others."""
    seen = folder.lstat()
    if not stat.S_ISDIR(seen.st_mode):
        return False
    return not hasattr(os, "geteuid") or (
        seen.st_uid == os.geteuid() and not seen.st_mode & (stat.S_IRWXG | stat.S_IRWXO)
    )


def _make_room(folder: Path) -> None:
    """Remove what was not used for the longest time, beyond the size that is kept."""
    entries = sorted(((p.stat(), p) for p in folder.iterdir()), key=lambda e: -e[0].st_mtime_ns)
    size = 0
    for seen, path in entries:
        size += seen.st_size
        if size > MOST_BYTES:
            path.unlink(missing_ok=True)


@cache
def _tool() -> tuple[Any, ...]:
    """Return what tells this codexwire, also while it is worked on, and this Python from others."""
    return __version__, sys.implementation.cache_tag, tuple(_sources())


def _sources() -> Iterator[tuple[str, int, int]]:
    for name in _MAKERS:
        pattern = "*.py" if name == "." else "**/*.py"
        for path in sorted((_PACKAGE / name).glob(pattern)):
            seen = path.stat()
            yield str(path), seen.st_size, seen.st_mtime_ns
