"""`codexwire compat`: which client versions work with which server versions."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Annotated

import typer

from codexwire.cli.command import NoProjectRules, new_app, project_here, tell
from codexwire.cli.console import steps
from codexwire.errors import UsageError
from codexwire.usecases.compat import Cell, Matrix
from codexwire.usecases.compat import compat as counted
from codexwire.version import Version

__all__ = ["app"]

app = new_app()

_FORMATS = ("text", "json")
_WIDEST = 40  # releases beside each other; more of one client stand below each other
_LEGEND = "breaks+conditional (only if the newer client sends it); · none"


@app.command()
def compat(
    versions: Annotated[
        list[str] | None,
        typer.Argument(metavar="VERSION", help="Only these releases (default: a sample)."),
    ] = None,
    contract: Annotated[Path | None, typer.Option(help="What your client sends and reads.")] = None,
    client: Annotated[
        str | None, typer.Option(help="The client's release (default: the contract's).")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Every release at hand, for one client.")
    ] = False,
    format: Annotated[str, typer.Option(help="text or json.")] = "text",
    no_project_rules: NoProjectRules = False,
) -> None:
    """Print how many breaks a client of one release meets on a server of another.

    Breaks that depend on what a newer client chooses to send stand behind a plus sign. With a contract
    there is one row: the client that keeps to it. Without VERSIONs, the releases are a sample: one of
    each turn that the protocol took, the newest, and newer ones that were pulled.
    """
    if format not in _FORMATS:
        raise UsageError(f"no format {format!r}", hint=f"one of {', '.join(_FORMATS)}")
    with steps() as say:
        matrix = counted(
            versions or (),
            contract=contract,
            client=client,
            everything=everything,
            project=project_here(no_project_rules),
            say=say,
        )
    tell(matrix.notices)
    if format == "json":
        sys.stdout.write(json.dumps(matrix.document(), indent=2) + "\n")
        return
    sys.stdout.writelines(f"{line}\n" for line in _lines(matrix))
    if not versions and not everything:
        sys.stdout.write(f"a sample: {len(matrix.servers)} of {matrix.known} releases\n")
    if contract is not None:
        sys.stdout.write(f"{_answer(*matrix.rows[0], matrix.servers)}\n")


def _lines(matrix: Matrix) -> Iterator[str]:
    servers = matrix.servers
    texts = [[_text(*cell) for cell in cells] for _, cells in matrix.rows]
    if len(servers) > _WIDEST:
        for server, text in zip(servers, texts[0], strict=True):
            yield f"{server!s:12} {text}"
        yield _LEGEND
        return
    columns = list(zip(*texts, strict=True))
    widths = [
        max(len(_short(v)), *map(len, column)) for v, column in zip(servers, columns, strict=True)
    ]
    head = " ".join(f"{_short(v):>{w}}" for v, w in zip(servers, widths, strict=True))
    yield f"{'client ↓ server →':18} {head}"
    for (client, _), cells in zip(matrix.rows, texts, strict=True):
        row = " ".join(f"{text:>{w}}" for text, w in zip(cells, widths, strict=True))
        yield f"{client!s:18} {row}"
    yield _LEGEND


def _answer(client: Version, cells: Sequence[Cell], servers: Sequence[Version]) -> str:
    """Which releases a client works with that does all that its contract says."""
    runs = [
        [version for version, _ in run]
        for broken, run in groupby(zip(servers, map(any, cells), strict=True), lambda pair: pair[1])
        if not broken
    ]
    fine = [f"{run[0]} … {run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs]
    return (
        f"a client of {client} that keeps to the contract works with: {', '.join(fine) or 'none'}"
    )


def _text(breaks: int, conditional: int) -> str:
    if not breaks and not conditional:
        return "·"
    return f"{breaks or ''}+{conditional}" if conditional else str(breaks)


def _short(version: Version) -> str:
    return (
        str(version).removeprefix("0.").removesuffix(".0") if version.major == 0 else str(version)
    )
