"""Take one file out of a downloaded package, and nothing else."""

from __future__ import annotations

import re
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO

from codexwire.errors import IngestError
from codexwire.location import Location

__all__ = ["extract_one"]

_DAMAGED = (tarfile.TarError, zipfile.BadZipFile, EOFError, zlib.error, RuntimeError)
_CHUNK = 1 << 20


def extract_one(archive: Path, wanted: re.Pattern[str], target: Path, *, limit: int) -> None:
    """Write the one regular file whose name matches `wanted` to `target`, as an executable.

    Reads gzipped tar files and zip files (wheels). Raises IngestError for a damaged archive, one
    with any member outside its own folder, one without the file, and a file over `limit` bytes.
    """
    reader = _zip_members if zipfile.is_zipfile(archive) else _tar_members
    found = False
    with _readable(archive):
        for name, links_to, opener in reader(archive):
            _refuse_outside(archive, name, links_to)
            if opener is None or found or not wanted.fullmatch(name):
                continue
            content = opener()
            assert content is not None  # a regular file has content
            with content:
                _copy(archive, content, target, limit)
            found = True
    if not found:
        raise IngestError(
            "the package has no codex binary for this platform", location=_place(archive)
        )
    target.chmod(0o700)


@contextmanager
def _readable(archive: Path) -> Iterator[None]:
    try:
        yield
    except (*_DAMAGED, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # the disk's fault, not the archive's
        raise IngestError(
            f"the package is damaged: {error}",
            location=_place(archive),
            hint="pull again",
        ) from None


_Opener = Callable[[], "IO[bytes] | None"]
_Member = tuple[str, "str | None", "_Opener | None"]
"""A member's name, what it links to, and how to open it when it is a regular file."""


def _tar_members(archive: Path) -> Iterator[_Member]:
    with tarfile.open(archive, "r|gz") as tar:
        for member in tar:
            links_to = member.linkname if member.issym() or member.islnk() else None
            opener = partial(tar.extractfile, member) if member.isreg() else None
            yield member.name, links_to, opener


def _zip_members(archive: Path) -> Iterator[_Member]:
    with zipfile.ZipFile(archive) as package:
        for info in package.infolist():
            yield info.filename, None, None if info.is_dir() else partial(package.open, info)


def _refuse_outside(archive: Path, name: str, links_to: str | None) -> None:
    """Refuse names and links that leave the folder: a later member could be written through one."""
    folder = PurePosixPath(name.replace("\\", "/")).parent
    for text, start in ((name, PurePosixPath()), (links_to, folder)):
        if text is not None and _leaves(text, start):
            raise IngestError(
                f"the package has a member outside its folder: {text!r}",
                location=_place(archive),
                hint="nothing of it was used",
            )


def _leaves(text: str, start: PurePosixPath) -> bool:
    path = PurePosixPath(text.replace("\\", "/"))
    if path.is_absolute() or re.match(r"[A-Za-z]:", text):
        return True
    depth = len(start.parts)
    for part in path.parts:
        depth += -1 if part == ".." else 1
        if depth < 0:
            return True
    return False


def _copy(archive: Path, content: IO[bytes], target: Path, limit: int) -> None:
    with target.open("wb") as out:
        while chunk := content.read(_CHUNK):
            limit -= len(chunk)
            if limit < 0:
                raise IngestError("the codex binary is too large", location=_place(archive))
            out.write(chunk)


def _place(archive: Path) -> Location:
    return Location(archive.name)
