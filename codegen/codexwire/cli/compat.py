"""`codexwire compat`: which client versions work with which server versions."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from functools import cache, partial
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any

import typer

from codexwire.cli.command import new_app
from codexwire.cli.console import steps
from codexwire.cli.project import NoProjectRules, rules_here
from codexwire.cli.releases import comparable
from codexwire.diff import Diff, diff
from codexwire.diff.contract import Contract, contract_release, read_contract
from codexwire.diff.rule import Skew
from codexwire.diff.touch import touching
from codexwire.diff.verdict import Verdict
from codexwire.errors import UsageError
from codexwire.ingest.archive import archive
from codexwire.ingest.at_hand import (
    is_at_hand,
    newer_than_archive,
    versions_at_hand,
    what_is_at_hand,
)
from codexwire.ir.model import Protocol, Source
from codexwire.version import Version

__all__ = ["app", "count_breaks"]

app = new_app()

_FORMATS = ("text", "json")
_WIDEST = 40  # releases beside each other; more of one client stand below each other
_LEGEND = "breaks+conditional (only if the newer client sends it); · none"
_BROKEN = (Verdict.BREAKS, Verdict.UNPROVEN)


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
    if everything and (versions or (contract is None and client is None)):
        raise UsageError("--all is for one client", hint="add --client VERSION or --contract FILE")
    chosen = _servers(versions or [], everything=everything)
    project = rules_here(left_out=no_project_rules)
    opened = cache(partial(comparable, project=project))
    with steps() as say:
        if contract is not None:
            rows = [_contract_row(contract, client, chosen, opened, say)]
        else:
            clients = chosen if client is None else [_version(client)]
            rows = [
                (
                    c,
                    [
                        _cell(c, server, opened, say, compared=not project.rules)
                        for server in chosen
                    ],
                )
                for c in clients
            ]
    if format == "json":
        sys.stdout.write(json.dumps(_document(rows, chosen), indent=2) + "\n")
        return
    sys.stdout.writelines(f"{line}\n" for line in _lines(rows, chosen))
    if not versions and not everything:
        sys.stdout.write(f"a sample: {len(chosen)} of {len(versions_at_hand())} releases\n")
    if contract is not None:
        sys.stdout.write(f"{_answer(*rows[0], chosen)}\n")


Cell = tuple[int, int]
Row = tuple[Version, list[Cell]]
Open = Callable[[Version], Protocol]
Say = Callable[[str], None]


def _servers(named: list[str], *, everything: bool) -> list[Version]:
    if everything:
        return list(versions_at_hand())
    if named:
        return [_version(text) for text in named]
    return [*archive().sample, *newer_than_archive()]


def _version(text: str) -> Version:
    try:
        version = Version.parse(text)
    except ValueError:
        raise UsageError(f"{text!r} is no version", hint="a version reads like 0.163.0") from None
    if not is_at_hand(version):
        raise UsageError(
            f"release {version} is not at hand",
            hint=f"`codexwire schema pull {version}` gets it; at hand: {what_is_at_hand()}",
        )
    return version


def _cell(client: Version, server: Version, opened: Open, say: Say, *, compared: bool) -> Cell:
    """The breaks and conditional breaks of a client on a server; `compared` are the archive's releases."""
    if client == server:
        return 0, 0
    pair = min(client, server), max(client, server)
    counts = archive().breaks(*pair) if compared else None
    if counts is None:
        say(f"comparing {pair[0]} and {pair[1]}")
        counts = count_breaks(diff(*map(opened, pair)))
    return counts[:2] if client < server else counts[2:]


def count_breaks(found: Diff) -> tuple[int, int, int, int]:
    """Return the breaks and conditional breaks of an old client, and those of a new one."""
    verdicts = [(f.old_client, f.new_client) for f in found.findings]
    old, new = ([pair[skew] for pair in verdicts] for skew in (0, 1))
    return (
        sum(v in _BROKEN for v in old),
        old.count(Verdict.CONDITIONAL),
        sum(v in _BROKEN for v in new),
        new.count(Verdict.CONDITIONAL),
    )


def _contract_row(
    path: Path, client: str | None, servers: list[Version], opened: Open, say: Say
) -> Row:
    """Compare the client's release with every server's, keeping what touches the contract."""
    named = client or contract_release(path)
    if not named:
        raise UsageError("the contract names no release", hint="name one with --client VERSION")
    release = _version(named)
    own = opened(release)
    protocols = [opened(version) for version in servers]
    contract = read_contract(path, [own, *protocols])
    known: dict[tuple[bool, tuple[Source, ...]], Cell] = {}  # many releases publish the same
    cells = []
    for server, protocol in zip(servers, protocols, strict=True):
        say(f"comparing with {server}")
        older = server < release
        content = older, protocol.sources
        if content not in known:
            known[content] = _contract_cell(contract, own, protocol, older=older)
        cells.append(known[content])
    return release, cells


def _contract_cell(contract: Contract, own: Protocol, server: Protocol, *, older: bool) -> Cell:
    if own.sources == server.sources:
        return 0, 0
    pair, skew = ((server, own), Skew.NEW_CLIENT) if older else ((own, server), Skew.OLD_CLIENT)
    findings = touching(contract, diff(*pair, contract=contract).findings)
    verdicts = [f.verdict(skew) for f in findings]
    return sum(v in _BROKEN for v in verdicts), verdicts.count(Verdict.CONDITIONAL)


def _document(rows: list[Row], servers: list[Version]) -> dict[str, Any]:
    return {
        "version": 1,
        "known": len(versions_at_hand()),
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
    for (client, _), cells in zip(rows, texts, strict=True):
        row = " ".join(f"{text:>{w}}" for text, w in zip(cells, widths, strict=True))
        yield f"{client!s:18} {row}"
    yield _LEGEND


def _answer(client: Version, cells: list[Cell], servers: list[Version]) -> str:
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
