"""`codexwire compat`: which client versions work with which server versions."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Annotated

import typer

from codexwire.cli import complete
from codexwire.cli.command import NoProjectRules, choice, examples, new_app, project_here, tell
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
_CONTRACT_LEGEND = "what the server refuses+what a strict reader may fail on; · nothing"


@app.command(
    epilog=examples(
        "codexwire compat 0.160.0 0.166.0 0.171.0",
        "codexwire compat --contract contract.toml --all",
        "codexwire compat 0.160.0 0.171.0 --format json",
    )
)
def compat(
    versions: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="VERSION",
            help="Only these releases (default: a sample).",
            autocompletion=complete.release,
        ),
    ] = None,
    contract: Annotated[Path | None, typer.Option(help="What your client sends and reads.")] = None,
    client: Annotated[
        str | None, typer.Option(help="The client's release (default: the contract's).")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Every release at hand, for one client.")
    ] = False,
    format: Annotated[str, choice("text", "json")] = "text",
    no_project_rules: NoProjectRules = False,
) -> None:
    """Count what breaks a client of one release on another's server.

    Breaks that depend on what a newer client chooses to send stand behind a plus sign. With a contract
    there is one row: the client that keeps to it, with what each server refuses of what it sends and, behind
    the plus sign, what the server sends that a strict reader may fail on; a server works that refuses
    nothing. Without VERSIONs, the releases are a sample: one of each turn that the protocol took, the newest,
    and newer ones that were pulled.
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
    if matrix.contract:
        sys.stdout.writelines(f"{line}\n" for line in _refused(matrix))
        fine = _runs(matrix.works_with(strict=True))
        sys.stdout.write(f"nor does a strict reader fail with: {fine}\n")
    if not versions and not everything:
        sys.stdout.write(f"a sample: {len(matrix.servers)} of {matrix.known} releases\n")
    if matrix.contract:
        fine = _runs(matrix.works_with())
        sys.stdout.write(
            f"a client of {matrix.rows[0][0]} that keeps to the contract works with: {fine}\n"
        )


def _lines(matrix: Matrix) -> Iterator[str]:
    servers = matrix.servers
    legend = _CONTRACT_LEGEND if matrix.contract else _LEGEND
    texts = [[_text(cell, matrix.contract) for cell in cells] for _, cells in matrix.rows]
    if len(servers) > _WIDEST:
        for server, text in zip(servers, texts[0], strict=True):
            yield f"{server!s:12} {text}"
        yield legend
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
    yield legend


def _refused(matrix: Matrix) -> Iterator[str]:
    """Say what is refused, and by which servers."""
    cells = matrix.rows[0][1]
    for refusal in sorted({r for cell in cells for r in cell.refused}):
        found = [refusal in cell.refused for cell in cells]
        yield f"refused: {refusal} by {_runs(zip(matrix.servers, found, strict=True))}"


def _runs(servers: Iterable[tuple[Version, bool]]) -> str:
    """Name the servers that are marked, each run of them by its ends."""
    runs = [
        [version for version, _ in run]
        for marked, run in groupby(servers, lambda pair: pair[1])
        if marked
    ]
    named = [f"{run[0]} … {run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs]
    return ", ".join(named) or "none"


def _text(cell: Cell, contract: bool) -> str:
    sure, more = cell.breaks, cell.conditional
    if contract:
        sure, more = len(cell.refused), cell.strict_readers
    if not sure and not more:
        return "·"
    return f"{sure or ''}+{more}" if more else str(sure)


def _short(version: Version) -> str:
    return (
        str(version).removeprefix("0.").removesuffix(".0") if version.major == 0 else str(version)
    )
