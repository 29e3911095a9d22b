"""`codexwire compat`: which client versions work with which server versions."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from codexwire.cli.command import new_app
from codexwire.cli.diff_sources import release
from codexwire.cli.releases import archive
from codexwire.diff import diff
from codexwire.diff.contract import contract_release, read_contract
from codexwire.diff.rule import Skew
from codexwire.diff.touch import touching
from codexwire.diff.verdict import Verdict
from codexwire.errors import UsageError
from codexwire.version import Version

__all__ = ["app"]

app = new_app()

_FORMATS = ("text", "json")
_BROKEN = (Verdict.BREAKS, Verdict.UNPROVEN)


@app.command()
def compat(
    versions: Annotated[
        list[str] | None,
        typer.Argument(metavar="VERSION", help="Only these releases (default: all known)."),
    ] = None,
    contract: Annotated[Path | None, typer.Option(help="What your client sends and reads.")] = None,
    client: Annotated[
        str | None, typer.Option(help="The client's release (default: the contract's).")
    ] = None,
    format: Annotated[str, typer.Option(help="text or json.")] = "text",
) -> None:
    """Print how many breaks a client of one release meets on a server of another.

    Breaks that depend on what a newer client chooses to send stand behind a plus sign. With a contract
    there is one row: the client that keeps to it.
    """
    if format not in _FORMATS:
        raise UsageError(f"no format {format!r}", hint=f"one of {', '.join(_FORMATS)}")
    chosen = [_version(v) for v in versions] if versions else list(archive().versions)
    if contract is not None:
        rows = [_contract_row(contract, client, chosen)]
    else:
        clients = chosen if client is None else [_version(client)]
        rows = [(c, [_cell(c, server) for server in chosen]) for c in clients]
    if format == "json":
        sys.stdout.write(json.dumps(_document(rows, chosen), indent=2) + "\n")
    else:
        sys.stdout.writelines(f"{line}\n" for line in _lines(rows, chosen))
        if contract is not None:
            sys.stdout.write(f"{_answer(*rows[0], chosen)}\n")


Cell = tuple[int, int]
Row = tuple[Version, list[Cell]]


def _version(text: str) -> Version:
    try:
        version = Version.parse(text)
    except ValueError:
        raise UsageError(f"{text!r} is no version", hint="a version reads like 0.163.0") from None
    if version not in archive().versions:
        raise UsageError(
            f"release {version} is not in the archive",
            hint=f"known: {', '.join(map(str, archive().versions))}",
        )
    return version


def _cell(client: Version, server: Version) -> Cell:
    """The breaks and conditional breaks of a client on a server."""
    if client == server:
        return 0, 0
    counts = archive().breaks[min(client, server), max(client, server)]
    return counts[:2] if client < server else counts[2:]


def _contract_row(path: Path, client: str | None, servers: list[Version]) -> Row:
    """Compare the client's release with every server's, keeping what touches the contract."""
    named = client or contract_release(path)
    if not named:
        raise UsageError("the contract names no release", hint="name one with --client VERSION")
    own = _version(named)
    contract = read_contract(path, [release(v) for v in {own, *servers}])
    cells = []
    for server in servers:
        pair = release(min(own, server)), release(max(own, server))
        skew = Skew.OLD_CLIENT if own < server else Skew.NEW_CLIENT
        found = diff(*pair, contract=contract).findings if own != server else ()
        findings = touching(contract, found)
        verdicts = [f.verdict(skew) for f in findings]
        cells.append((sum(v in _BROKEN for v in verdicts), verdicts.count(Verdict.CONDITIONAL)))
    return own, cells


def _document(rows: list[Row], servers: list[Version]) -> dict[str, Any]:
    return {
        "version": 1,
        "servers": [str(v) for v in servers],
        "clients": [
            {
                "client": str(client),
                "servers": {
                    str(server): {"breaks": breaks, "conditional": conditional}
                    for server, (breaks, conditional) in zip(servers, cells, strict=True)
                },
            }
            for client, cells in rows
        ],
    }


def _lines(rows: list[Row], servers: list[Version]) -> Iterator[str]:
    texts = [[_text(*cell) for cell in cells] for _, cells in rows]
    columns = list(zip(*texts, strict=True))
    widths = [
        max(len(_short(v)), *map(len, column)) for v, column in zip(servers, columns, strict=True)
    ]
    head = " ".join(f"{_short(v):>{w}}" for v, w in zip(servers, widths, strict=True))
    yield f"{'client ↓ server →':18} {head}"
    for (client, _), cells in zip(rows, texts, strict=True):
        row = " ".join(f"{text:>{w}}" for text, w in zip(cells, widths, strict=True))
        yield f"{client!s:18} {row}"
    yield "breaks+conditional (only if the newer client sends it); · none"


def _answer(client: Version, cells: list[Cell], servers: list[Version]) -> str:
    """Which releases a client works with that does all that its contract says."""
    fine = [str(s) for s, cell in zip(servers, cells, strict=True) if not any(cell)]
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
