"""`codexwire schema verify`: what is kept is what was published, and what a binary writes."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from codexwire.cli import complete
from codexwire.cli.command import choice
from codexwire.cli.console import steps
from codexwire.errors import UsageError
from codexwire.usecases.verify import verify

__all__ = ["verify_schemas"]


def verify_schemas(
    versions: Annotated[
        list[str] | None,
        typer.Argument(metavar="VERSION", help="Only these.", autocompletion=complete.release),
    ] = None,
    binary: Annotated[
        Path | None, typer.Option(help="Compare with what this codex binary writes, too.")
    ] = None,
    format: Annotated[str, choice("text", "json")] = "text",
) -> int:
    """Compare every available schema with its digests.

    And with what its binary writes, where that is available.
    """
    if format not in ("text", "json"):
        raise UsageError(f"no format {format!r}", hint="text or json")
    with steps() as say:
        checks = verify(versions or (), binary, say)
    if format == "json":
        rows = [asdict(check) for check in checks]
        sys.stdout.write(json.dumps({"version": 1, "checks": rows}, indent=2) + "\n")
    else:
        for check in checks:
            typer.echo(
                f"{check.release:10}  {check.channel:12}  {check.place:8}  {check.against:9}  "
                f"{check.problem or 'ok'}"
            )
    return int(any(check.problem for check in checks))
