"""The comparison as one call."""

from __future__ import annotations

from codexwire.diff.contract import Contract
from codexwire.diff.contract_filter import concerned
from codexwire.diff.engine import analyse, judged
from codexwire.diff.finding import Diff
from codexwire.diff.witness import Prover
from codexwire.ir.model import Protocol

__all__ = ["diff"]


def diff(
    old: Protocol, new: Protocol, *, contract: Contract | None = None, witnesses: bool = True
) -> Diff:
    """Return the findings of a comparison.

    Every break has a witness or is `unproven`; without `witnesses` the verdicts are those of the formula
    and none is looked for. Changes of prose are counted and not listed. With a contract, every finding is
    judged by what the contract has of it alone; `touching` then keeps those that it has at all.
    """
    analysis = analyse(old, new)
    listed = [(f, found) for f, found in analysis.findings if f.rule != "text-changed"]
    texts = len(analysis.findings) - len(listed)
    if contract is not None:
        users = ((concerned(contract, f, found.roots), found) for f, found in listed)
        listed = [(judged(analysis.versions, found, senders), found) for senders, found in users]
    if not witnesses:
        return Diff(tuple(f for f, _ in listed), texts)
    prover = Prover(analysis)
    return Diff(tuple(prover.prove(f, found) for f, found in listed), texts)
