"""The index of known releases and the schema bundles that come with codexwire."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from codexwire.errors import UsageError
from codexwire.resources import schema_root
from codexwire.version import Version

__all__ = ["DEFAULT_VERSION", "Release", "identify", "index", "vendored"]

DEFAULT_VERSION = Version.parse("0.163.0")
"""The newest release whose binary is published on PyPI."""


@dataclass(frozen=True, slots=True)
class Release:
    """One published schema: version, channel, digests, and its file when it is vendored.

    `sha256` is of the file as published, `digest` of its content in canonical JSON.
    """

    version: Version
    channel: str
    sha256: str
    digest: str
    command: str
    file: Path | None


@cache
def index() -> tuple[Release, ...]:
    """Return every release that the index lists, oldest first, stable before experimental."""
    root = schema_root()
    table = tomllib.loads((root / "index.toml").read_text("utf-8"))
    releases = [
        Release(
            Version.parse(entry["version"]),
            entry["channel"],
            entry["sha256"],
            entry["digest"],
            entry.get("command", ""),
            _existing(root / entry["file"]) if "file" in entry else None,
        )
        for entry in table["release"]
    ]
    return tuple(sorted(releases, key=lambda r: (r.version, r.channel != "stable")))


def _existing(path: Path) -> Path | None:
    return path if path.is_file() else None


def identify(content_digest: str) -> Release | None:
    """Return the release whose published content has this digest, or None."""
    return next((r for r in index() if r.digest == content_digest), None)


def vendored(version: Version) -> dict[str, Path]:
    """Return channel → bundle file of a vendored version; UsageError when it is not at hand."""
    found = {r.channel: r.file for r in index() if r.version == version and r.file}
    if not found:
        known = sorted({r.version for r in index() if r.file})
        raise UsageError(
            f"schema version {version} is not at hand",
            hint=f"known here: {', '.join(map(str, known))}; or name a file or folder",
        )
    return found
