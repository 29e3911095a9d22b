"""`codexwire schema list`: which schemas are available."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

from codexwire.cli.command import choice
from codexwire.errors import UsageError
from codexwire.ingest.available import archived_in_words
from codexwire.profiles.table import DEFAULT
from codexwire.usecases.releases import PROTOCOLS, profile_called
from codexwire.usecases.schemas import schemas

__all__ = ["list_schemas"]


def list_schemas(
    format: Annotated[str, choice("text", "json")] = "text",
    all_releases: Annotated[
        bool, typer.Option("--all", help="Also the releases of the archive.")
    ] = False,
    protocol: Annotated[str, choice(*PROTOCOLS)] = DEFAULT.source,
) -> None:
    """List the available schemas, and where each of them is.

    Embedded, vendored in the project, cached, archived. The archive has every release that codexwire
    knows, without descriptions; --all lists them one by one.
    """
    if format not in ("text", "json"):
        raise UsageError(f"no format {format!r}", hint="text or json")
    rows = schemas(protocol, archived=all_releases)
    if format == "json":
        sys.stdout.write(json.dumps({"version": 1, "schemas": rows}, indent=2) + "\n")
        return
    for row in rows:
        typer.echo(
            f"{row['release']:10}  {row['channel']:12}  {row['place']:8}  "
            f"{_count(row['methods'])} methods  {_count(row['types'])} types  {row['digest'][:16]}"
        )
    profile = profile_called(protocol)
    if not all_releases and profile.archive:
        typer.echo(f"archived    {archived_in_words(profile)}; --all lists them")


def _count(number: int | None) -> str:
    return f"{'?' if number is None else number:>4}"
