"""Write a plan to disk in one step, or compare it with what is there."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

from codexwire.emit.emitters import MANIFEST
from codexwire.errors import EmitError
from codexwire.files import unwritable, write_whole
from codexwire.location import Location

__all__ = ["FileDifference", "differences", "write_file", "write_folder"]


@dataclass(frozen=True, slots=True)
class FileDifference:
    """One file that is not as the plan says: `missing`, `different` or `orphan`."""

    path: str
    problem: str


def differences(folder: Path, files: Mapping[str, bytes]) -> list[FileDifference]:
    """Return every difference between the planned files and all files of a folder, by path.

    Byte-code caches are nobody's files and do not count.
    """
    found = [
        FileDifference(name, "missing" if not (folder / name).is_file() else "different")
        for name, content in files.items()
        if not (folder / name).is_file() or (folder / name).read_bytes() != content
    ]
    found += [FileDifference(name, "orphan") for name in _present(folder) if name not in files]
    return sorted(found, key=lambda drift: drift.path)


def _present(folder: Path) -> list[str]:
    return [
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if (path.is_file() or path.is_symlink())
        and "__pycache__" not in path.relative_to(folder).parts
    ]


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Replace a folder by the planned files: all of them, or nothing changes.

    Raises EmitError when the folder holds something that was not generated, UsageError when it cannot be
    written.
    """
    if folder.exists() and not _ours(folder):
        raise EmitError(
            "this folder holds files that codexwire did not generate",
            location=Location(str(folder)),
            hint="choose another --out or --package, or empty it first",
        )
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        staging = Path(mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    except OSError as error:
        raise unwritable(folder.parent, error) from None
    new, old = staging / "new", staging / "old"
    try:
        for name, content in files.items():
            path = new / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        if folder.exists():
            folder.rename(old)
        new.rename(folder)
    except OSError as error:
        if old.exists():
            old.rename(folder)
        raise unwritable(folder, error) from None
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _ours(folder: Path) -> bool:
    return folder.is_dir() and ((folder / MANIFEST).is_file() or not _present(folder))


def write_file(path: Path, content: bytes) -> None:
    """Write one file, and the folders that lead to it; UsageError when that fails."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(path, error) from None
    write_whole(path, content)
