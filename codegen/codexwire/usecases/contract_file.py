"""A contract read for a comparison: names that the releases lack are distinguished from misspelled ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from codexwire.diff.contract import Contract, ContractEntry, ContractFile, read_contract
from codexwire.ingest.described import described_versions, load_described
from codexwire.ir.model import Protocol
from codexwire.model.profile import profile_of
from codexwire.near import did_you_mean
from codexwire.usecases.notices import Notice, first_names
from codexwire.usecases.releases import mended_releases

__all__ = ["contract_for"]


def contract_for(path: Path, protocols: Sequence[Protocol]) -> tuple[Contract, tuple[Notice, ...]]:
    """Return the contract in a file, and a note on what of it none of the protocols has.

    ContractError for a file that is no contract, and for an entry that no available release has.
    """
    found = read_contract(path)
    absent = [*found.missing(protocols)]
    if not absent:
        return found.contract, ()
    unknown = {entry.what: entry for entry in _unknown(found, protocols[0])}
    for entry in absent:
        if entry.what in unknown:
            raise entry.written.problem(
                f"no version has {entry.what}",
                hint=did_you_mean(entry.name, unknown[entry.what].known)
                or "is it spelled as in the schema?",
            )
    return found.contract, (_absence(absent, protocols),)


def _unknown(found: ContractFile, like: Protocol) -> Iterator[ContractEntry]:
    """Yield what no available release of a protocol has."""
    profile = profile_of(like)
    if profile.described:
        return found.missing(load_described(profile, v) for v in described_versions(profile))
    return found.missing(mended_releases())


def _absence(absent: Sequence[ContractEntry], protocols: Sequence[Protocol]) -> Notice:
    """Return the note on entries that are spelled as in another release."""
    names = " nor ".join(dict.fromkeys(str(p.version or "the schema") for p in protocols))
    what = first_names([entry.what for entry in absent])
    return Notice("note", f"of the contract, neither {names} has: {what}")
