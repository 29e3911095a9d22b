"""The releases that are known without their bundles: the committed archive."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from codexwire.diff.archive import Archive, read_archive
from codexwire.diff.channel import stable_part
from codexwire.errors import UsageError
from codexwire.ingest import CHANNELS, load
from codexwire.ir.model import Protocol
from codexwire.resources import schema_root
from codexwire.version import Version

__all__ = [
    "APP_SERVER",
    "ARCHIVE_NAME",
    "archive",
    "archive_path",
    "check_protocol",
    "known_release",
    "open_source",
]

ARCHIVE_NAME = "history.json.gz"
APP_SERVER, EXEC_SERVER = "app-server", "exec-server"
"""What `--protocol` takes."""


def check_protocol(name: str) -> str:
    """Return what `--protocol` was given; UsageError when there is no such protocol."""
    if name not in (APP_SERVER, EXEC_SERVER):
        raise UsageError(f"no protocol {name!r}", hint=f"{APP_SERVER} or {EXEC_SERVER}")
    return name


def archive_path() -> Path:
    """Return the place of the archive."""
    return schema_root() / ARCHIVE_NAME


@cache
def archive() -> Archive:
    """Return the archive; IngestError when it is missing or damaged."""
    return read_archive(archive_path())


def known_release(text: str) -> Protocol | None:
    """Return a release of the archive as published, by its version; None when it is not there."""
    try:
        version = Version.parse(text)
    except ValueError:
        return None
    return archive().protocol(version) if archive_path().is_file() else None


def open_source(source: str, channel: str = "experimental") -> Protocol:
    """Load a version or path; the archive has the releases that are not at hand.

    Raises what `ingest.load` raises when neither has it.
    """
    try:
        return load(source, channel=channel)
    except UsageError:
        found = known_release(source) if channel in CHANNELS else None
        if found is not None and channel == "stable":
            found = stable_part(found)
        if found is None:
            raise
        return found
