"""Which releases are available: with codexwire, in the project, in the cache, in the archive.

The first three are bundles, as the binary wrote them. The archive has every release that codexwire knew
when it was made, without descriptions.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from codexwire.errors import CodexwireWarning, IngestError
from codexwire.ingest.archive import archive
from codexwire.ingest.cache import (
    Stored,
    cached_release,
    cached_releases,
    default_cache,
    usable_release,
)
from codexwire.ingest.embedded import Release, index, project_index, published, vendored
from codexwire.model.profile import Profile
from codexwire.profiles.table import DEFAULT
from codexwire.version import Version, nearest

__all__ = [
    "AvailableSchema",
    "archived_in_words",
    "available_in_words",
    "available_versions",
    "beside_archive",
    "bundles_of",
    "is_available",
    "kept_schemas",
    "known_schemas",
    "nearest_available",
    "newer_than_archive",
]


class AvailableSchema(Struct, frozen=True):
    """One schema of one release and its place: `embedded`, `vendored`, `cached`, or `archived`."""

    place: str
    release: Release


def kept_schemas(profile: Profile = DEFAULT) -> tuple[AvailableSchema, ...]:
    """Return every available bundle, oldest first."""
    kept = [*_kept(profile)]
    return tuple(sorted(kept, key=lambda k: k.release.version))


def known_schemas(profile: Profile = DEFAULT) -> tuple[AvailableSchema, ...]:
    """Return every available bundle, and the other releases of the archive, oldest first."""
    kept = kept_schemas(profile)
    have = {k.release.version for k in kept}
    archived = _archived(profile) if profile.root else published()
    known = [AvailableSchema("archived", r) for r in archived if r.version not in have]
    return tuple(sorted((*kept, *known), key=lambda k: k.release.version))


def _kept(profile: Profile) -> Iterator[AvailableSchema]:
    if not profile.root:
        yield from (AvailableSchema("embedded", r) for r in index() if r.file)
        yield from (AvailableSchema("vendored", r) for r in project_index())
    for entry in cached_releases(default_cache()):
        yield from (AvailableSchema("cached", r) for r in entry.schemas_of(profile))


def _archived(profile: Profile) -> Iterator[Release]:
    """Yield the schemas that the archive of a protocol has: what it knows of their files is a digest."""
    kept = archive(profile)
    for version, (_, channels) in zip(kept.versions, kept.table["releases"], strict=True):
        yield from (Release(version, channel, "", digest) for channel, digest in channels)


def bundles_of(version: Version, profile: Profile = DEFAULT) -> dict[str, Path]:
    """Return channel → bundle of a release; nothing when there are none.

    A damaged cache entry is passed over, with a warning, if the archive has the release; else it is an
    IngestError. The channel of a protocol of lines, which has no two, is called as the protocol is.
    """
    files = {} if profile.root else vendored(version)
    if files:
        return files
    entry = _cached(version, profile)
    found = entry.schemas_of(profile) if entry else ()
    return {r.channel: r.file for r in found if r.file}


def _cached(version: Version, profile: Profile) -> Stored | None:
    try:
        return cached_release(default_cache(), version)
    except IngestError:
        if version not in archive(profile).versions:
            raise
        return usable_release(default_cache(), version)


def is_available(version: Version, profile: Profile = DEFAULT) -> bool:
    """Whether a release is available, as bundles or in the archive."""
    return bool(bundles_of(version, profile)) or version in archive(profile).versions


def nearest_available(version: Version, profile: Profile = DEFAULT) -> Version:
    """Return the release itself when it is available, else the nearest one, with a warning."""
    if is_available(version, profile):
        return version
    near = nearest(version, available_versions(profile))
    warnings.warn(
        f"{version} is not available: {near} is taken, the nearest one"
        f" (`codexwire schema pull {version}` gets it)",
        CodexwireWarning,
        stacklevel=2,
    )
    return near


def beside_archive(profile: Profile = DEFAULT) -> tuple[Version, ...]:
    """Return the available releases that the archive does not have, oldest first."""
    known = archive(profile).versions
    return tuple(v for v in available_versions(profile) if v not in known)


def newer_than_archive(profile: Profile = DEFAULT) -> tuple[Version, ...]:
    """Return the available releases that came after those of the archive, oldest first."""
    newest = archive(profile).versions[-1]
    return tuple(v for v in beside_archive(profile) if v > newest)


def archived_in_words(profile: Profile = DEFAULT) -> str:
    """Say in a few words which releases the archive has."""
    known = archive(profile).versions
    return f"{known[0]} … {known[-1]} ({len(known)} releases)"


def available_in_words(profile: Profile = DEFAULT) -> str:
    """Say in a few words which releases are available."""
    return ", ".join([archived_in_words(profile), *map(str, beside_archive(profile))])


def available_versions(profile: Profile = DEFAULT) -> tuple[Version, ...]:
    """Return every available release, oldest first."""
    bundles = (k.release.version for k in kept_schemas(profile))
    return tuple(sorted({*archive(profile).versions, *bundles}))
