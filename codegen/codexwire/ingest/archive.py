"""Where the archive of a protocol's releases is kept; `codexwire.model.archive` says what is in it."""

from __future__ import annotations

from pathlib import Path

from codexwire.model.archive import Archive, read_archive
from codexwire.model.profile import Profile
from codexwire.profiles.table import DEFAULT
from codexwire.resources import schema_root

__all__ = ["archive", "archive_path"]

_KEPT: dict[Path, Archive] = {}


def archive_path(profile: Profile = DEFAULT) -> Path:
    """Return where the archive of a protocol is kept."""
    return schema_root().joinpath(*profile.archive)


def archive(profile: Profile = DEFAULT) -> Archive:
    """Return the archive of a protocol, read once; IngestError when it is missing or damaged."""
    path = archive_path(profile)
    if path not in _KEPT:
        _KEPT[path] = read_archive(path, profile)
    return _KEPT[path]
