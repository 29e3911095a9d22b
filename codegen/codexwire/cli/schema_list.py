"""`codexwire schema list`: which schemas are at hand."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Annotated, Any

import typer

from codexwire.cli.at_hand import Kept, kept_schemas, known_schemas
from codexwire.errors import UsageError
from codexwire.ingest.embedded import published

__all__ = ["list_schemas"]


def list_schemas(
    format: Annotated[str, typer.Option(help="text or json.")] = "text",
    all_releases: Annotated[
        bool, typer.Option("--all", help="Also releases known by digest only.")
    ] = False,
) -> None:
    """List the schemas at hand: embedded, vendored in the project, cached."""
    if format not in ("text", "json"):
        raise UsageError(f"no format {format!r}", hint="text or json")
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


def _facts_of(digest: str) -> Mapping[str, Any]:
    """Return what is known of a published schema: its counts and its package."""
    return next((r.provenance for r in published() if r.digest == digest), {})
