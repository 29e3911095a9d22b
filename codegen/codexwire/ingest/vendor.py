"""Keep a cached release in a folder of the user's: its bundles, and its entries in `index.toml`."""

from __future__ import annotations

import hashlib
import shutil
import tomllib
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import tomli_w

from codexwire.errors import IngestError
from codexwire.files import write_whole
from codexwire.ingest.cache import PER_SCHEMA, Cache, Stored, locked
from codexwire.ingest.embedded import INDEX_NAME, read_index
from codexwire.location import Location
from codexwire.version import Version

__all__ = ["vendor"]

_HEAD = "# Schemas that are kept here; written by `codexwire schema pull`.\n"


def vendor(entry: Stored, root: Path, cache: Cache) -> list[Path]:
    """Write a release below `root` and return its files; what the index says of others stays.

    The result is a folder `<version>/` that `--schema` takes, and two entries in `index.toml`. The
    cache holds the lock against a second writer. Raises IngestError when `root` cannot be written or
    has an index that cannot be read.
    """
    try:
        with locked(cache, f"folder-{_name_of(root)}", lambda _: None):
            read_index(root)
            root.mkdir(parents=True, exist_ok=True)
            files = _write_bundles(entry, root)
            _write_index(entry, root / INDEX_NAME)
            return files
    except OSError as error:
        raise IngestError(
            f"cannot keep {entry.version} there: {error.strerror or error}",
            location=Location(str(error.filename or root)),
        ) from None


def _name_of(root: Path) -> str:
    return hashlib.sha256(str(root.resolve()).encode()).hexdigest()[:16]


def _write_bundles(entry: Stored, root: Path) -> list[Path]:
    folder = root / str(entry.version)
    staging = Path(mkdtemp(prefix=f".{entry.version}-", dir=root))
    try:
        new = staging / "new"
        new.mkdir()
        for release in (*entry.releases, *entry.lines):
            assert release.file is not None  # cached entries have their files
            shutil.copyfile(release.file, new / release.file.name)
        if folder.exists():
            folder.rename(staging / "old")
        new.rename(folder)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return sorted(folder.iterdir())


def _write_index(entry: Stored, path: Path) -> None:
    text = path.read_text("utf-8") if path.is_file() else _HEAD
    head = [line for line in text.splitlines() if line.startswith("#")]
    rows = [
        row
        for row in tomllib.loads(text).get("release", [])
        if row["version"] != str(entry.version)
    ]
    rows += [_row(entry, channel) for channel in entry.provenance["channel"]]
    rows.sort(key=lambda row: (Version.parse(row["version"]), row["channel"] != "stable"))
    body = "\n".join(f"[[release]]\n{tomli_w.dumps(row)}" for row in rows)
    write_whole(path, "\n".join([*head, "", body]).encode())


def _row(entry: Stored, channel: str) -> dict[str, Any]:
    facts = {k: v for k, v in entry.provenance.items() if k not in PER_SCHEMA}
    if channel == "experimental" and "command" in facts:
        facts["command"] += " --experimental"
    digests = entry.provenance["channel"][channel]
    return {
        "version": str(entry.version),
        "channel": channel,
        "sha256": digests["sha256"],
        "digest": digests["digest"],
        "file": f"{entry.version}/{channel}.json",
        **facts,
    }
