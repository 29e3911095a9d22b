"""A bundle out of a git repository, at any revision."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from codexwire.errors import IngestError, UsageError
from codexwire.ingest.fetch.process import Finished, Limits, run
from codexwire.location import Location
from codexwire.profiles.table import DEFAULT

__all__ = ["Committed", "show"]

_LIMITS = Limits(seconds=60, size=256 << 20)


@dataclass(frozen=True, slots=True)
class Committed:
    """A file as committed: the commit's full id, the path in the repository, the content."""

    commit: str
    path: str
    content: bytes


def show(place: str, *, repository: Path) -> Committed:
    """Return the bundle at `REV:PATH`; a path to a folder means the bundle in it.

    Raises UsageError when `place` reads otherwise, IngestError when git does not have it.
    """
    revision, colon, path = place.partition(":")
    if not revision or not colon or not path or place.startswith("-"):
        raise UsageError(f"{place!r} is no REV:PATH", hint="such as main:schema/bundle.json")
    path = path.rstrip("/")
    commit = _git(repository, place, "rev-parse", "--verify", f"{revision}^{{commit}}")
    kind = _git(repository, place, "cat-file", "-t", f"{revision}:{path}")
    if kind.output.strip() == b"tree":
        path = f"{path}/{DEFAULT.bundle.file}"
    content = _git(repository, place, "cat-file", "blob", f"{revision}:{path}")
    return Committed(commit.output.decode().strip(), path, content.output)


def _git(repository: Path, place: str, *arguments: str) -> Finished:
    git = shutil.which("git")
    if git is None:
        raise IngestError("git is not available")
    with TemporaryDirectory(prefix="codexwire-") as nothing:
        finished = run(
            [git, *arguments], name="git", writes=Path(nothing), limits=_LIMITS, folder=repository
        )
    if finished.code != 0:
        raise IngestError(f"git: {finished.last_error}", location=Location(place))
    return finished
