"""`codexwire diff`: what changed between two versions, and whom it breaks."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from codexwire.cli.diff_report import diff_report
from codexwire.diff import diff
from codexwire.errors import UsageError
from codexwire.ingest import load
from codexwire.ir.model import Protocol
from codexwire.normalize import Effect, normalize
from codexwire.report.diff_data import DiffReport
from codexwire.report.diff_json import to_diff_json

__all__ = ["FORMATS", "app"]

app = typer.Typer()

FORMATS: dict[str, Callable[[DiffReport], str]] = {"json": to_diff_json}


@app.command()
def diff_command(
    old: Annotated[str, typer.Argument(help="Old version, file, folder, or - for standard input.")],
    new: Annotated[str, typer.Argument(help="New version, file, folder, or -.")],
    channel: Annotated[str, typer.Option(help="stable or experimental.")] = "experimental",
    format: Annotated[str, typer.Option(help=f"One of {', '.join(FORMATS)}.")] = "json",
    as_published: Annotated[
        bool, typer.Option("--as-published", help="Compare the schemas as released, unmended.")
    ] = False,
) -> None:
    """Compare two versions of the protocol, for old clients and for old servers."""
    if format not in FORMATS:
        raise UsageError(f"no format {format!r}", hint=f"one of {', '.join(FORMATS)}")
    if old == new == "-":
        raise UsageError("only one of the two can be standard input", hint="name a file")
    protocols = [_load(source, channel, as_published) for source in (old, new)]
    names = [str(p.version or Path(s).name) for p, s in zip(protocols, (old, new), strict=True)]
    report = diff_report(diff(*protocols), *names)
    sys.stdout.write(FORMATS[format](report))


def _load(source: str, channel: str, as_published: bool) -> Protocol:
    effects = (Effect.ANNOTATE,) if as_published else tuple(Effect)
    return normalize(load(source, channel=channel), effects=effects).protocol
