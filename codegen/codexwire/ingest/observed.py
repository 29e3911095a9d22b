"""The observed profiles of releases: with codexwire, in the project's `schema/observed/`, in the cache."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import TypeAlias

from codexwire.config import load_config
from codexwire.errors import IngestError
from codexwire.files import write_whole
from codexwire.ingest.cache import default_cache
from codexwire.location import Location
from codexwire.model.observed import Observed, read_observed, write_observed
from codexwire.resources import schema_root
from codexwire.version import Version

__all__ = [
    "OBSERVED_FOLDER",
    "keep_observed",
    "observed_file",
    "observed_of",
    "observed_profiles",
    "observed_releases",
]

Profiles: TypeAlias = "tuple[tuple[Version, Observed], ...]"
"""Releases, oldest first, each with its observed profile."""

OBSERVED_FOLDER = "observed"
"""The folder of profiles below that of the schemas; a profile is called after its release."""


def observed_releases() -> tuple[Version, ...]:
    """Return the releases that have an observed profile, oldest first."""
    found = {version for folder in _folders() for version in _versions(folder)}
    return tuple(sorted(found))


def observed_of(version: Version) -> Observed | None:
    """Return the observed profile of a release, None where there is none; IngestError for a damaged one."""
    path = observed_file(version)
    return None if path is None else _read(path)


def observed_profiles() -> Profiles:
    """Return every release that has an observed profile, oldest first, with it."""
    folders = tuple(_folders())
    paths = ((v, _file(v, folders)) for v in sorted({v for f in folders for v in _versions(f)}))
    return tuple((version, _read(path)) for version, path in paths if path is not None)


def observed_file(version: Version) -> Path | None:
    """Return where the observed profile of a release is, None where there is none."""
    return _file(version, _folders())


def _file(version: Version, folders: Iterable[Path]) -> Path | None:
    paths = (folder / f"{version}.json" for folder in folders)
    return next((path for path in paths if path.is_file()), None)


def _folders() -> Iterator[Path]:
    """Yield where profiles lie; a project's own come first."""
    root = load_config(Path.cwd()).root
    if root is not None:
        yield root / "schema" / OBSERVED_FOLDER
    yield schema_root() / OBSERVED_FOLDER
    yield default_cache().root / OBSERVED_FOLDER


def keep_observed(observed: Observed, folder: Path | None = None) -> Path:
    """Write a profile into a schema folder, the cache where none is given, and return its file."""
    path = (folder or default_cache().root) / OBSERVED_FOLDER / f"{observed.release}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, write_observed(observed))
    _read.cache_clear()
    return path


def _versions(folder: Path) -> Iterator[Version]:
    for path in folder.glob("*.json"):
        version = Version.read(path.stem)
        if version is not None:
            yield version


@cache
def _read(path: Path) -> Observed:
    try:
        return read_observed(path.read_bytes())
    except ValueError as problem:
        raise IngestError(
            f"this is no observed profile: {problem}",
            location=Location(str(path)),
            hint="`codexwire probe --out` writes one",
        ) from None
