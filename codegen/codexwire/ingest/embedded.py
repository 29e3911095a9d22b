"""The schemas that codexwire or the project keeps, and the digests of all known releases."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import msgspec
from msgspec import Struct, field

from codexwire.config import load_config
from codexwire.errors import IngestError
from codexwire.profiles.table import DEFAULT
from codexwire.resources import schema_root
from codexwire.toml import TomlValue, read_toml
from codexwire.version import Version

__all__ = [
    "CHANNELS",
    "DEFAULT_VERSION",
    "INDEX_NAME",
    "Release",
    "identify",
    "index",
    "project_index",
    "published",
    "read_index",
    "vendored",
]

DEFAULT_VERSION = Version.parse(DEFAULT.default_version)
"""The newest release whose schema is embedded: what is taken where nothing names another."""

CHANNELS = ("stable", "experimental")
"""The two schemas of a release."""

INDEX_NAME = "index.toml"
_KNOWN_NAME = "releases.json"
_WRITTEN_BY = "`codexwire schema pull` writes an index of schemas; is this one?"


class Release(Struct, frozen=True):
    """One published schema: version, channel, digests, and its file when it is available.

    `sha256` is of the file as published, `digest` of its content in canonical JSON; `provenance` is
    whatever else its index says of it, such as the package that it came from.
    """

    version: Version
    channel: str
    sha256: str
    digest: str
    file: Path | None = None
    provenance: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


class _Row(msgspec.Struct, frozen=True):
    """One [[release]] of an index; whatever else it has is provenance."""

    version: str
    channel: str
    sha256: str
    digest: str
    file: str


def read_index(root: Path) -> tuple[Release, ...]:
    """Return the releases that a schema folder's `index.toml` lists, oldest first, stable first.

    A folder without an index has none. Raises IngestError for an index that cannot be used.
    """
    path = root / INDEX_NAME
    if not path.is_file():
        return ()
    document = read_toml(path, "index of schemas", error=IngestError, hint=_WRITTEN_BY)
    releases = [_release(root, table) for table in document.items("release")]
    return tuple(sorted(releases, key=lambda r: (r.version, r.channel != "stable")))


def _release(root: Path, table: TomlValue) -> Release:
    row = table.read(_Row)
    try:
        version = Version.parse(row.version)
    except ValueError as error:
        raise table.problem(str(error), "version") from None
    file = root / row.file
    return Release(
        version,
        row.channel,
        row.sha256,
        row.digest,
        file if file.is_file() else None,
        {k: v for k, v in table.value.items() if k not in _Row.__struct_fields__},
    )


@cache
def index() -> tuple[Release, ...]:
    """Return every schema that is kept with codexwire, oldest first, stable before experimental."""
    return read_index(schema_root())


def project_index() -> tuple[Release, ...]:
    """Return every schema that the project of the working directory keeps in its `schema/` folder.

    The project is the nearest folder whose pyproject.toml has a [tool.codexwire] table.
    """
    root = load_config(Path.cwd()).root
    if root is None or (root / "schema").resolve() == schema_root().resolve():
        return ()
    return read_index(root / "schema")


@cache
def published() -> tuple[Release, ...]:
    """Return every schema of every known release, oldest first; known by digest, without files."""
    table = json.loads((schema_root() / _KNOWN_NAME).read_text("utf-8"))
    return tuple(
        Release(
            Version.parse(row["release"]),
            channel,
            row[channel]["sha256"],
            row[channel]["digest"],
            provenance={"package": row["package"], "integrity": row["integrity"]}
            | {key: row[channel][key] for key in ("methods", "types")},
        )
        for row in table["releases"]
        for channel in CHANNELS
        if channel in row
    )


def identify(content_digest: str) -> Release | None:
    """Return the release whose published content has this digest, or None.

    Of several with the same content, the oldest is meant.
    """
    return next((r for r in (*published(), *index()) if r.digest == content_digest), None)


def vendored(version: Version) -> dict[str, Path]:
    """Return channel → bundle file of a version that codexwire or the project keeps, else nothing."""
    for releases in (index(), project_index()):
        files = {r.channel: r.file for r in releases if r.version == version and r.file}
        if files:
            return files
    return {}
