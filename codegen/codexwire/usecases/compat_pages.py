"""What `compat` counts, as pages: a heat map, and behind its numbers what changed."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path

from codexwire.report.heat_map import HeatCell, HeatMap, heat, to_heat_map
from codexwire.report.table import render
from codexwire.usecases.compat import Matrix, MatrixCell
from codexwire.usecases.diff import diff
from codexwire.usecases.notices import Say, silent
from codexwire.version import Version

__all__ = ["compat_folder", "compat_page"]

_LEGEND = (
    "Breaks of a client on a server, and behind the plus sign those that depend on the newer client"
    " sending what is new. Green: nothing breaks; yellow: only that; the redder the more breaks."
)
_CONTRACT_LEGEND = (
    "What each server refuses of what the client sends, and behind the plus sign what a strict reader may"
    " fail on. Green: nothing; yellow: only that; the redder the more is refused."
)


def compat_page(matrix: Matrix, contract: Path | None = None) -> str:
    """Return one page: a number leads to the command that says what it stands for."""
    return to_heat_map(_heat_map(matrix, contract, pages=False))


def compat_folder(
    matrix: Matrix, contract: Path | None = None, *, project: Path | None = None, say: Say = silent
) -> dict[str, bytes]:
    """Return files by name: `index.html`, and a page for each pair of releases that a number leads to.

    `contract` and `project` are those that the matrix was made with.
    """
    files = {"index.html": to_heat_map(_heat_map(matrix, contract, pages=True)).encode()}
    pairs = {_pair(client, server) for client, _ in matrix.rows for server in matrix.servers}
    for old, new in sorted(pair for pair in pairs if pair[0] != pair[1]):
        say(f"comparing {old} and {new}")
        found = diff(str(old), str(new), contract=contract, project=project)
        files[_page(old, new)] = render("html", found.report()).encode()
    return files


def _heat_map(matrix: Matrix, contract: Path | None, *, pages: bool) -> HeatMap:
    return HeatMap(
        title="Which clients work with which servers",
        legend=_CONTRACT_LEGEND if matrix.contract else _LEGEND,
        columns=tuple(map(str, matrix.servers)),
        rows=tuple(
            (str(client), tuple(_cells(client, cells, matrix, contract, pages=pages)))
            for client, cells in matrix.rows
        ),
        notes=(f"{len(matrix.servers)} of {matrix.known} releases",),
    )


def _cells(
    client: Version,
    cells: tuple[MatrixCell, ...],
    matrix: Matrix,
    contract: Path | None,
    *,
    pages: bool,
) -> Iterator[HeatCell]:
    for server, cell in zip(matrix.servers, cells, strict=True):
        sure, perhaps = cell.counted(matrix.contract)
        text, words = cell.text(matrix.contract), f"client {client} on server {server}"
        if client == server:
            yield HeatCell(text, words, "same")
            continue
        pair = _pair(client, server)
        narrowed = f" --contract {shlex.quote(str(contract))}" if contract else ""
        yield HeatCell(
            text,
            f"{words}: {_words(sure, perhaps, contract=matrix.contract)}",
            heat(sure, perhaps),
            f"{client}-on-{server}",
            f"codexwire diff {pair[0]} {pair[1]}{narrowed}",
            _page(*pair) if pages else "",
            tuple(f"refused: {refusal}" for refusal in cell.refused),
        )


def _words(sure: int, perhaps: int, *, contract: bool) -> str:
    if contract:
        return f"{sure} refused, {perhaps} that a strict reader may fail on"
    return f"{sure} breaks, {perhaps} more if what is new is sent"


def _pair(client: Version, server: Version) -> tuple[Version, Version]:
    return min(client, server), max(client, server)


def _page(old: Version, new: Version) -> str:
    return f"{old}-{new}.html"
