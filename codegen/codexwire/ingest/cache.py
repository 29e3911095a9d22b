"""The cache of pulled schemas: one folder a release, complete or not there at all.

schema/<version>/stable.json, experimental.json    as the binary wrote them
schema/<version>/RolloutLine.json                  likewise, from 0.116.0 on
schema/<version>/provenance.toml                   where they came from, with digests
bin/<version>/codex                                only with --keep-binary
work/<version>/                                    a pull under way, or what a killed one left
locks/<version>.lock
"""

from __future__ import annotations

import os
import shutil
import tomllib
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import platformdirs
import tomli_w
from msgspec import Struct

from codexwire.errors import CodexwireWarning, IngestError
from codexwire.ingest.embedded import CHANNELS, Release
from codexwire.location import Location
from codexwire.model.profile import Profile
from codexwire.progress import Say
from codexwire.version import Version

__all__ = [
    "PER_SCHEMA",
    "PROVENANCE_NAME",
    "Cache",
    "Stored",
    "cached_release",
    "cached_releases",
    "default_cache",
    "kept_binary",
    "locked",
    "store",
    "usable_release",
    "workspace",
]

PROVENANCE_NAME = "provenance.toml"
PER_SCHEMA = ("version", "channel", "lines")
"""What of a provenance table is no fact about all schemas of the release."""
_HEAD = "# Written by `codexwire schema pull`.\n\n"


class Cache(Struct, frozen=True):
    """A cache folder; it need not exist."""

    root: Path

    def release(self, version: Version) -> Path:
        """Return the folder of a release's bundles."""
        return self.root / "schema" / str(version)

    def binary(self, version: Version) -> Path:
        """Return the place of a release's binary."""
        return self.root / "bin" / str(version) / ("codex.exe" if os.name == "nt" else "codex")


class Stored(Struct, frozen=True):
    """A cached release: its schemas (each with its file) and its provenance table.

    `lines` are those of protocols of lines, whose channel is called as the protocol is.
    """

    version: Version
    releases: tuple[Release, ...]
    provenance: Mapping[str, Any]
    lines: tuple[Release, ...] = ()

    def schemas_of(self, profile: Profile) -> tuple[Release, ...]:
        """Return the schemas of one protocol."""
        if not profile.root:
            return self.releases
        return tuple(r for r in self.lines if r.channel == profile.source)


def default_cache() -> Cache:
    """Return the user's cache: `$CODEXWIRE_CACHE`, else where the platform keeps caches."""
    own = os.environ.get("CODEXWIRE_CACHE")
    return Cache(Path(own) if own else platformdirs.user_cache_path("codexwire", appauthor=False))


def cached_release(cache: Cache, version: Version) -> Stored | None:
    """Return a cached release, None when there is none; IngestError for a damaged entry."""
    folder = cache.release(version)
    path = folder / PROVENANCE_NAME
    if not folder.is_dir():
        return None
    try:
        return _stored(version, folder, tomllib.loads(path.read_text("utf-8")))
    except (OSError, ValueError, AttributeError, KeyError, TypeError) as error:
        raise IngestError(
            f"the cache entry is damaged: {error}",
            location=Location(str(path)),
            hint=f"`codexwire schema pull --force {version}` makes it anew",
        ) from None


def _stored(version: Version, folder: Path, table: dict[str, Any]) -> Stored:
    """Return the entry that a provenance table tells of; KeyError and the like for a damaged one."""
    facts = {key: value for key, value in table.items() if key not in PER_SCHEMA}
    releases = tuple(
        Release(
            version,
            channel,
            entry["sha256"],
            entry["digest"],
            folder / f"{channel}.json",
            {**facts, **{k: entry[k] for k in ("methods", "types") if k in entry}},
        )
        for channel, entry in table["channel"].items()
        if channel in CHANNELS
    )
    if not releases:
        raise KeyError("no schema of a channel that is known here")
    lines = tuple(
        Release(
            version,
            source,
            entry["sha256"],
            entry["digest"],
            folder / entry["file"],
            {**facts, "types": entry["types"]},
        )
        for source, entry in table.get("lines", {}).items()
    )
    return Stored(version, releases, table, lines)


def cached_releases(cache: Cache) -> tuple[Stored, ...]:
    """Return all cached releases, oldest first; a damaged entry is left out, with a warning."""
    folder = cache.root / "schema"
    named = [Version.read(path.name) for path in folder.iterdir()] if folder.is_dir() else []
    versions = sorted(version for version in named if version is not None)
    return tuple(entry for v in versions if (entry := usable_release(cache, v)) is not None)


def usable_release(cache: Cache, version: Version) -> Stored | None:
    """Return a cached release as `cached_release` does, a damaged one not at all, with a warning."""
    try:
        return cached_release(cache, version)
    except IngestError as error:
        warnings.warn(f"left out: {error}", CodexwireWarning, stacklevel=3)
        return None


def kept_binary(cache: Cache, version: Version) -> Path | None:
    """Return the binary that was kept of a release, or None."""
    path = cache.binary(version)
    return path if path.is_file() else None


@contextmanager
def locked(cache: Cache, name: str, say: Say) -> Iterator[None]:
    """Hold the lock of one name (a version); waits while another process holds it."""
    from filelock import FileLock, Timeout  # many read a cache, few write to one

    folder = cache.root / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / f"{name}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        say(f"waiting for another pull of {name}")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


@contextmanager
def workspace(cache: Cache, version: Version) -> Iterator[Path]:
    """Give an empty folder on the cache's disk and remove it; the version must be locked."""
    folder = cache.root / "work" / str(version)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def store(
    cache: Cache, entry: Stored, files: Mapping[str, bytes], room: Path, binary: Path | None
) -> None:
    """Put a release into the cache in one step, replacing what was there.

    `files` are its schemas by name, `room` is its workspace; `binary` is moved beside it when one is to
    be kept. Raises OSError.
    """
    new = room / "entry"
    new.mkdir()
    for name, content in files.items():
        (new / name).write_bytes(content)
    provenance = _HEAD + tomli_w.dumps(dict(entry.provenance))
    (new / PROVENANCE_NAME).write_bytes(provenance.encode())
    if binary is not None:
        place = cache.binary(entry.version)
        place.parent.mkdir(parents=True, exist_ok=True)
        binary.replace(place)
    final = cache.release(entry.version)
    final.parent.mkdir(parents=True, exist_ok=True)
    if final.exists():
        final.rename(room / "old")
    new.rename(final)
