"""Which releases are at hand: with codexwire, in the project, in the cache, in the archive.

The first three are bundles, as the binary wrote them. The archive has every release that codexwire knew
when it was made, without descriptions.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from codexwire.errors import CodexwireWarning
from codexwire.ingest.archive import archive
from codexwire.ingest.cache import Cache, cached, default_cache, listed, usable
from codexwire.ingest.embedded import Release, index, project_index, published, vendored
from codexwire.version import Version, nearest

__all__ = [
    "Kept",
    "beside_archive",
    "bundles_of",
    "is_at_hand",
    "kept_schemas",
    "known_schemas",
    "nearest_at_hand",
    "newer_than_archive",
    "versions_at_hand",
    "what_is_archived",
    "what_is_at_hand",
]


@dataclass(frozen=True, slots=True)
class Kept:
    """One schema of one release and its place: `embedded`, `vendored`, `cached`, or `archived`."""

    place: str
    release: Release


def kept_schemas(cache: Cache | None = None) -> tuple[Kept, ...]:
    """Return every bundle at hand, oldest first."""
    kept = [*_kept(cache or default_cache())]
    return tuple(sorted(kept, key=lambda k: k.release.version))


def known_schemas() -> tuple[Kept, ...]:
    """Return every bundle at hand, and the other releases of the archive, oldest first."""
    kept = kept_schemas()
    have = {k.release.version for k in kept}
    known = [Kept("archived", r) for r in published() if r.version not in have]
    return tuple(sorted((*kept, *known), key=lambda k: k.release.version))


def _kept(cache: Cache) -> Iterator[Kept]:
    yield from (Kept("embedded", r) for r in index() if r.file)
    yield from (Kept("vendored", r) for r in project_index())
    for entry in listed(cache):
        yield from (Kept("cached", r) for r in entry.releases)


def bundles_of(version: Version) -> dict[str, Path]:
    """Return channel → bundle of a release; nothing when there are none.

    A damaged cache entry is passed over, with a warning, if the archive has the release; else it is an
    IngestError.
    """
    files = vendored(version)
    if files:
        return files
    usual = usable if version in archive().versions else cached
    entry = usual(default_cache(), version)
    return {r.channel: r.file for r in entry.releases if r.file} if entry else {}


def is_at_hand(version: Version) -> bool:
    """Whether a release is at hand, as bundles or in the archive."""
    return version in archive().versions or bool(bundles_of(version))


def nearest_at_hand(version: Version) -> Version:
    """Return the release itself when it is at hand, else the nearest one, with a warning."""
    if is_at_hand(version):
        return version
    near = nearest(version, versions_at_hand())
    warnings.warn(
        f"{version} is not at hand: {near} is taken, the nearest one"
        f" (`codexwire schema pull {version}` gets it)",
        CodexwireWarning,
        stacklevel=2,
    )
    return near


def beside_archive() -> tuple[Version, ...]:
    """Return the releases at hand that the archive does not have, oldest first."""
    return tuple(v for v in versions_at_hand() if v not in archive().versions)


def newer_than_archive() -> tuple[Version, ...]:
    """Return the releases at hand that came after those of the archive, oldest first."""
    return tuple(v for v in beside_archive() if v > archive().versions[-1])


def what_is_archived() -> str:
    """Say in a few words which releases the archive has."""
    known = archive().versions
    return f"{known[0]} … {known[-1]} ({len(known)} releases)"


def what_is_at_hand() -> str:
    """Say in a few words which releases are at hand."""
    return ", ".join([what_is_archived(), *map(str, beside_archive())])


def versions_at_hand() -> tuple[Version, ...]:
    """Return every release at hand, oldest first."""
    bundles = (k.release.version for k in kept_schemas())
    return tuple(sorted({*archive().versions, *bundles}))
