"""Which client versions work with which server versions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

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
from codexwire.usecases.diff import BROKEN
from codexwire.usecases.notices import Notice, Say, holes_of, silent
from codexwire.usecases.project import rules_of
from codexwire.usecases.releases import comparable
from codexwire.version import Version

__all__ = ["Cell", "Matrix", "Row", "compat", "count_breaks"]


class Cell(NamedTuple):
    """The breaks of a client on a server, and those that depend on what a newer client sends."""

    breaks: int
    conditional: int


Row: TypeAlias = "tuple[Version, tuple[Cell, ...]]"
"""A client, and how it does on each server."""

_Open: TypeAlias = "Callable[[Version], Protocol]"


@dataclass(frozen=True, slots=True)
class Matrix:
    """A row for each client, with a cell for each of the `servers`, out of `known` releases."""

    servers: tuple[Version, ...]
    rows: tuple[Row, ...]
    known: int
    notices: tuple[Notice, ...]

    def document(self) -> dict[str, Any]:
        """Return the matrix as plain JSON values."""
        return {
            "version": 1,
            "known": self.known,
            "servers": [str(v) for v in self.servers],
            "clients": [
                {
                    "client": str(client),
                    "servers": {
                        str(server): cell._asdict()
                        for server, cell in zip(self.servers, cells, strict=True)
                    },
                }
                for client, cells in self.rows
            ],
        }


def compat(
    versions: Sequence[str] = (),
    *,
    contract: Path | None = None,
    client: str | None = None,
    everything: bool = False,
    project: Path | None = None,
    say: Say = silent,
) -> Matrix:
    """Count the breaks that clients of some releases meet on servers of others.

    The releases are `versions`, `everything` at hand, or a sample: one of each turn that the protocol took,
    the newest, and newer ones that were pulled. With a `contract` or a `client` there is one row: the
    client of that release, which keeps to the contract. With the folder of a `project`, its rules and
    those of installed packages apply. UsageError for what does not go together or is not at hand.
    """
    if everything and (versions or (contract is None and client is None)):
        raise UsageError("--all is for one client", hint="add --client VERSION or --contract FILE")
    servers = _servers(versions, everything=everything)
    rules = rules_of(project)
    opened: dict[Version, Protocol] = {}

    def open_(version: Version) -> Protocol:
        if version not in opened:
            opened[version] = comparable(version, rules)
        return opened[version]

    if contract is not None:
        rows = [_contract_row(contract, client, servers, open_, say)]
    else:
        clients = servers if client is None else (_version(client),)
        rows = [
            (c, tuple(_cell(c, s, open_, say, compared=not rules.rules) for s in servers))
            for c in clients
        ]
    unknown = (notice for _, p in sorted(opened.items()) for notice in holes_of(p))
    return Matrix(servers, tuple(rows), len(versions_at_hand()), tuple(unknown))


def _servers(named: Sequence[str], *, everything: bool) -> tuple[Version, ...]:
    if everything:
        return versions_at_hand()
    if named:
        return tuple(_version(text) for text in named)
    return (*archive().sample, *newer_than_archive())


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


def _cell(client: Version, server: Version, opened: _Open, say: Say, *, compared: bool) -> Cell:
    """The breaks and conditional breaks of a client on a server; `compared` are the archive's releases."""
    if client == server:
        return Cell(0, 0)
    pair = min(client, server), max(client, server)
    counts = archive().breaks(*pair) if compared else None
    if counts is None:
        say(f"comparing {pair[0]} and {pair[1]}")
        counts = count_breaks(diff(*map(opened, pair)))
    return Cell(*(counts[:2] if client < server else counts[2:]))


def count_breaks(found: Diff) -> tuple[int, int, int, int]:
    """Return the breaks and conditional breaks of an old client, and those of a new one."""
    verdicts = [(f.old_client, f.new_client) for f in found.findings]
    old, new = ([pair[skew] for pair in verdicts] for skew in (0, 1))
    return (
        sum(v in BROKEN for v in old),
        old.count(Verdict.CONDITIONAL),
        sum(v in BROKEN for v in new),
        new.count(Verdict.CONDITIONAL),
    )


def _contract_row(
    path: Path, client: str | None, servers: Sequence[Version], opened: _Open, say: Say
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
    return release, tuple(cells)


def _contract_cell(contract: Contract, own: Protocol, server: Protocol, *, older: bool) -> Cell:
    if own.sources == server.sources:
        return Cell(0, 0)
    pair, skew = ((server, own), Skew.NEW_CLIENT) if older else ((own, server), Skew.OLD_CLIENT)
    findings = touching(contract, diff(*pair, contract=contract).findings)
    verdicts = [f.verdict(skew) for f in findings]
    return Cell(sum(v in BROKEN for v in verdicts), verdicts.count(Verdict.CONDITIONAL))
