"""The matrix of `compat` as text, in the columns of a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from itertools import groupby

from codexwire.usecases.compat import Matrix
from codexwire.version import Version

__all__ = ["contract_lines", "table_lines"]

_COLUMNS = 80
_HEAD = "client ↓ server →"
_LEGEND = "breaks+conditional (only if the newer client sends it); · none"
_CONTRACT_LEGEND = "what the server refuses+what a strict reader may fail on; · nothing"


def table_lines(matrix: Matrix) -> Iterator[str]:
    """Yield the table, in parts below each other where it is wider than a terminal, and its legend.

    Of one client alone that is as wide, each server has a line.
    """
    texts = [[cell.text(matrix.contract) for cell in cells] for _, cells in matrix.rows]
    parts = [*_parts(matrix.servers, texts)]
    if len(texts) == 1 and len(parts) > 1:
        width = max(len(str(server)) for server in matrix.servers)
        for server, text in zip(matrix.servers, texts[0], strict=True):
            yield f"{server!s:{width}}  {text}"
    else:
        for number, part in enumerate(parts):
            yield from ("",) if number else ()
            yield from _part(matrix, texts, part)
    yield _CONTRACT_LEGEND if matrix.contract else _LEGEND


def _width(servers: tuple[Version, ...], texts: list[list[str]], at: int) -> int:
    return max(len(_short(servers[at])), *(len(row[at]) for row in texts))


def _parts(servers: tuple[Version, ...], texts: list[list[str]]) -> Iterator[list[int]]:
    """Yield the columns that fit beside each other, by index."""
    part: list[int] = []
    used = len(_HEAD)
    for at in range(len(servers)):
        width = _width(servers, texts, at) + 1
        if part and used + width > _COLUMNS:
            yield part
            part, used = [], len(_HEAD)
        part.append(at)
        used += width
    yield part


def _part(matrix: Matrix, texts: list[list[str]], part: list[int]) -> Iterator[str]:
    widths = [_width(matrix.servers, texts, at) for at in part]
    rows = [(_HEAD, [_short(matrix.servers[at]) for at in part])]
    rows += [
        (str(client), [row[at] for at in part])
        for (client, _), row in zip(matrix.rows, texts, strict=True)
    ]
    for name, row in rows:
        cells = " ".join(f"{text:>{width}}" for text, width in zip(row, widths, strict=True))
        yield f"{name:{len(_HEAD)}} {cells}"


def contract_lines(matrix: Matrix, sample: str) -> Iterator[str]:
    """Yield what is refused, by which servers, and with which the client works; `sample` before the last."""
    cells = matrix.rows[0][1]
    for refusal in sorted({r for cell in cells for r in cell.refused}):
        found = [refusal in cell.refused for cell in cells]
        yield from _wrapped(
            f"refused: {refusal} by {_runs(zip(matrix.servers, found, strict=True))}"
        )
    yield from _wrapped(
        f"nor does a strict reader fail with: {_runs(matrix.works_with(strict=True))}"
    )
    yield from (sample,) if sample else ()
    client, fine = matrix.rows[0][0], _runs(matrix.works_with())
    yield from _wrapped(f"a client of {client} that keeps to the contract works with: {fine}")


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(
        text, _COLUMNS, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
    )


def _runs(servers: Iterable[tuple[Version, bool]]) -> str:
    """Name the servers that are marked, each run of them by its ends."""
    runs = [
        [version for version, _ in run]
        for marked, run in groupby(servers, lambda pair: pair[1])
        if marked
    ]
    named = [f"{run[0]} … {run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs]
    return ", ".join(named) or "none"


def _short(version: Version) -> str:
    return (
        str(version).removeprefix("0.").removesuffix(".0") if version.major == 0 else str(version)
    )
