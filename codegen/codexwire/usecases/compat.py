"""Which client versions work with which server versions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from codexwire.diff import Diff, diff
from codexwire.diff.contract import Contract, read_contract
from codexwire.diff.refusal import Refusal, refusals
from codexwire.diff.rule import Skew
from codexwire.diff.strict import strict_findings
from codexwire.diff.verdict import BROKEN, Verdict
from codexwire.errors import UsageError
from codexwire.ingest.archive import archive
from codexwire.ingest.available import (
    available_in_words,
    available_versions,
    is_available,
    nearest_available,
    newer_than_archive,
)
from codexwire.ir.model import Protocol, Source
from codexwire.usecases.contract_file import contract_for
from codexwire.usecases.notices import Notice, Say, holes_of, silent
from codexwire.usecases.project import rules_of
from codexwire.usecases.releases import comparable
from codexwire.version import Version

__all__ = ["Matrix", "MatrixCell", "Row", "compat", "count_breaks"]


class MatrixCell(NamedTuple):
    """How a client does on a server.

    `breaks` are the changes that break it, `conditional` those that do if it sends what is new. Of a client
    with a contract it is known what it sends: `refused` is what the server refuses of that, and
    `strict_readers` counts what it sends that a strict reader fails on; `mild` are those of them where it
    leaves out what may be null.
    """

    breaks: int
    conditional: int
    refused: tuple[Refusal, ...] = ()
    strict_readers: int = 0
    mild: int = 0

    def counted(self, contract: bool) -> tuple[int, int]:
        """Return what surely breaks, and what may: with a contract what is refused, and read strictly."""
        return (
            (len(self.refused), self.strict_readers)
            if contract
            else (self.breaks, self.conditional)
        )

    def text(self, contract: bool) -> str:
        """Return the two numbers as a table has them: `3+2`, `+2`, `3`, or a dot."""
        sure, more = self.counted(contract)
        return f"{sure or ''}+{more}" if more else str(sure or "·")


Row: TypeAlias = "tuple[Version, tuple[MatrixCell, ...]]"
"""A client, and how it does on each server."""

_Open: TypeAlias = "Callable[[Version], Protocol]"


@dataclass(frozen=True, slots=True)
class Matrix:
    """A row for each client, with a cell for each of the `servers`, out of `known` releases.

    With a contract there is one row, and `contract` is true.
    """

    servers: tuple[Version, ...]
    rows: tuple[Row, ...]
    known: int
    notices: tuple[Notice, ...]
    contract: bool = False

    def works_with(self, *, strict: bool = False) -> Iterator[tuple[Version, bool]]:
        """Yield the servers, and whether each takes all that the client with the contract sends.

        To be `strict` is to ask for nothing that a strict reader fails on, too.
        """
        for server, cell in zip(self.servers, self.rows[0][1], strict=True):
            yield server, not cell.refused and not (strict and cell.strict_readers)

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
                        str(server): self._cell(cell)
                        for server, cell in zip(self.servers, cells, strict=True)
                    },
                }
                for client, cells in self.rows
            ],
        }

    def _cell(self, cell: MatrixCell) -> dict[str, Any]:
        counts = {"breaks": cell.breaks, "conditional": cell.conditional}
        if not self.contract:
            return counts
        return {
            "refused": len(cell.refused),
            "strict_readers": cell.strict_readers,
            "mild": cell.mild,
            **counts,
            "refusals": [r._asdict() for r in cell.refused],
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

    The releases are `versions`, with `everything` all that are available, or a sample: one of each turn
    that the protocol took, the newest, and newer ones that were pulled. With a `contract` or a `client`
    there is one row: the client of that release, which keeps to the contract; without it, what it might
    send counts. With the folder of a `project`, its rules and those of installed packages apply.
    UsageError for what does not go together or is not available.
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

    notices: tuple[Notice, ...] = ()
    if contract is not None:
        row, notices = _contract_row(contract, client, servers, open_, say)
        rows = [row]
    else:
        clients = servers if client is None else (_version(client),)
        rows = [
            (c, tuple(_cell(c, s, open_, say, compared=not rules.rules) for s in servers))
            for c in clients
        ]
    unknown = (notice for _, p in sorted(opened.items()) for notice in holes_of(p))
    known = len(available_versions())
    return Matrix(servers, tuple(rows), known, (*notices, *unknown), contract is not None)


def _servers(named: Sequence[str], *, everything: bool) -> tuple[Version, ...]:
    if everything:
        return available_versions()
    if named:
        return tuple(_version(text) for text in named)
    return (*archive().sample, *newer_than_archive())


def _version(text: str) -> Version:
    version = Version.named(text)
    if not is_available(version):
        raise UsageError(
            f"release {version} is not available",
            hint=f"`codexwire schema pull {version}` gets it; available: {available_in_words()}",
        )
    return version


def _cell(
    client: Version, server: Version, opened: _Open, say: Say, *, compared: bool
) -> MatrixCell:
    """The breaks and conditional breaks of a client on a server; `compared` are the archive's releases."""
    if client == server:
        return MatrixCell(0, 0)
    pair = min(client, server), max(client, server)
    counts = archive().breaks(*pair) if compared else None
    if counts is None:
        say(f"comparing {pair[0]} and {pair[1]}")
        counts = count_breaks(diff(*map(opened, pair)))
    return MatrixCell(*(counts[:2] if client < server else counts[2:]))


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
) -> tuple[Row, tuple[Notice, ...]]:
    """Hold a contract against every server, and what the servers send against its release."""
    release = _release(path, client)
    own = opened(release)
    protocols = [opened(version) for version in servers]
    contract, notices = contract_for(path, (own, *protocols))
    known: dict[tuple[bool, tuple[Source, ...]], MatrixCell] = {}  # many releases publish the same
    cells = []
    for server, protocol in zip(servers, protocols, strict=True):
        say(f"comparing with {server}")
        older = server < release
        content = older, protocol.sources
        if content not in known:
            known[content] = _contract_cell(contract, own, protocol, older=older)
        cells.append(known[content])
    return (release, tuple(cells)), notices


def _release(path: Path, client: str | None) -> Version:
    """Return the release of the client: the one named, or what the contract says, or is nearest to that."""
    if client is not None:
        return _version(client)
    named = read_contract(path).contract.release
    if not named:
        raise UsageError("the contract names no release", hint="name one with --client VERSION")
    version = Version.read(named)
    return _version(named) if version is None else nearest_available(version)


def _contract_cell(
    contract: Contract, own: Protocol, server: Protocol, *, older: bool
) -> MatrixCell:
    if own.sources == server.sources:
        return MatrixCell(0, 0)
    refused = refusals(contract, own, server)
    pair, skew = ((server, own), Skew.NEW_CLIENT) if older else ((own, server), Skew.OLD_CLIENT)
    strict = [*strict_findings(contract, *pair, skew)]
    mild = sum(found.mild for found in strict)
    return MatrixCell(len(refused) + len(strict), 0, refused, len(strict), mild)
