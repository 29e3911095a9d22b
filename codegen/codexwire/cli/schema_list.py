"""`codexwire schema list`: which schemas are at hand."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Annotated, Any

import typer

from codexwire.cli.releases import APP_SERVER, check_protocol
from codexwire.errors import UsageError
from codexwire.ingest.at_hand import Kept, kept_schemas, known_schemas, what_is_archived
from codexwire.ingest.described import described_versions, is_described, load_described
from codexwire.ingest.embedded import published
from codexwire.profiles.exec_server.profile import EXEC_SERVER
from codexwire.version import Version

__all__ = ["list_schemas"]


def list_schemas(
    format: Annotated[str, typer.Option(help="text or json.")] = "text",
    all_releases: Annotated[
        bool, typer.Option("--all", help="Also the releases of the archive.")
    ] = False,
    protocol: Annotated[str, typer.Option(help="app-server or exec-server.")] = APP_SERVER,
) -> None:
    """List the schemas at hand: embedded, vendored in the project, cached, archived.

    The archive has every release that codexwire knows, without descriptions; --all lists them one by one.
    """
    if format not in ("text", "json"):
        raise UsageError(f"no format {format!r}", hint="text or json")
    if is_described(check_protocol(protocol)):
        rows = [_exec_row(version) for version in described_versions(EXEC_SERVER)]
    else:
        rows = [_row(kept) for kept in (known_schemas() if all_releases else kept_schemas())]
    if format == "json":
        sys.stdout.write(json.dumps({"version": 1, "schemas": rows}, indent=2) + "\n")
        return
    for row in rows:
        typer.echo(
            f"{row['release']:10}  {row['channel']:12}  {row['place']:8}  "
            f"{row['methods'] or '?':>4} methods  {row['types'] or '?':>4} types  "
            f"{row['digest'][:16]}"
        )
    if not all_releases and not is_described(protocol):
        typer.echo(f"archived    {what_is_archived()}; --all lists them")


def _row(kept: Kept) -> dict[str, Any]:
    release = kept.release
    facts = {**_facts_of(release.digest), **release.provenance}
    return {
        "release": str(release.version),
        "channel": release.channel,
        "place": kept.place,
        "methods": facts.get("methods"),
        "types": facts.get("types"),
        "sha256": release.sha256,
        "digest": release.digest,
        "package": facts.get("package"),
    }


def _exec_row(version: Version) -> dict[str, Any]:
    protocol = load_described(EXEC_SERVER, version)
    return {
        "release": str(version),
        "channel": "exec-server",
        "place": "embedded",
        "methods": len(protocol.methods),
        "types": len(protocol.types),
        "sha256": None,
        "digest": protocol.sources[0].digest,
        "package": None,
    }


def _facts_of(digest: str) -> Mapping[str, Any]:
    """Return what is known of a published schema: its counts and its package."""
    return next((r.provenance for r in published() if r.digest == digest), {})
