"""`codexwire schema index`: write the archive of releases from a folder of their bundles."""

from __future__ import annotations

import sys
from itertools import combinations
from pathlib import Path
from typing import Annotated

import typer

from codexwire.cli.console import steps
from codexwire.cli.diff_sources import prepared
from codexwire.cli.releases import archive_path
from codexwire.diff import Diff, diff
from codexwire.diff.archive import Archive, pack, same_content, write_archive
from codexwire.diff.verdict import Verdict
from codexwire.errors import UsageError
from codexwire.ingest import CHANNELS, load_files
from codexwire.ingest.document import Document, open_document
from codexwire.ingest.embedded import index, published
from codexwire.ir.model import Protocol
from codexwire.location import Location
from codexwire.version import Version

__all__ = ["schema_index"]


def schema_index(
    source: Annotated[
        Path,
        typer.Option(
            "--from", help="Folder of VERSION.CHANNEL.json[.gz] or VERSION/CHANNEL.json[.gz]."
        ),
    ],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="The archive.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Compare, write nothing.")] = False,
) -> None:
    """Write the archive that history and compat answer from."""
    path = output or archive_path()
    with steps() as say:
        say("reading the bundles")
        protocols = [_protocol(v, files) for v, files in sorted(_bundles(source).items())]
        table = pack(protocols)
        breaks = {}
        ready = {p.version: prepared(p) for p in protocols}
        for old, new in combinations([p.version for p in protocols], 2):
            say(f"comparing {old} and {new}")
            assert old is not None
            assert new is not None
            breaks[old, new] = _counts(diff(ready[old], ready[new]))
    archive = Archive(table, breaks)
    if check:
        same = path.is_file() and same_content(path, archive)
        typer.echo(f"{path} is {'up to date' if same else 'out of date'}")
        raise typer.Exit(0 if same else 1)
    path.write_bytes(write_archive(archive))
    sys.stdout.write(f"{path}: {len(protocols)} releases, {len(table['schemas'])} schemas\n")


def _bundles(folder: Path) -> dict[Version, dict[str, Path]]:
    """Return the bundle files below a folder by version and channel."""
    found: dict[Version, dict[str, Path]] = {}
    for path in sorted([*folder.glob("*.json*"), *folder.glob("*/*.json*")]):
        name = path.name.removesuffix(".gz").removesuffix(".json")
        version, _, channel = name.rpartition(".")
        if path.parent != folder:
            version, channel = path.parent.name, name
        try:
            parsed = Version.parse(version)
        except ValueError:
            continue
        if channel in CHANNELS:
            found.setdefault(parsed, {})[channel] = path
    if not found:
        raise UsageError(
            "no bundles here",
            location=Location(str(folder)),
            hint="files read 0.163.0.stable.json or 0.163.0/stable.json",
        )
    return found


def _protocol(version: Version, files: dict[str, Path]) -> Protocol:
    documents = {channel: _document(version, path) for channel, path in files.items()}
    return load_files(documents, version=version)


def _document(version: Version, path: Path) -> Document:
    document = open_document(path)
    known = {r.version for r in (*index(), *published()) if r.digest == document.digest}
    if known and version not in known:
        raise UsageError(
            f"this is the schema of {min(known)}, not of {version}", location=Location(str(path))
        )
    return document


def _counts(found: Diff) -> tuple[int, int, int, int]:
    broken = (Verdict.BREAKS, Verdict.UNPROVEN)
    return (
        sum(f.old_client in broken for f in found.findings),
        sum(f.old_client is Verdict.CONDITIONAL for f in found.findings),
        sum(f.new_client in broken for f in found.findings),
        sum(f.new_client is Verdict.CONDITIONAL for f in found.findings),
    )
