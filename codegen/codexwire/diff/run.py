"""The comparison as one call."""

from __future__ import annotations

from codexwire.diff.engine import analyse
from codexwire.diff.finding import Diff
from codexwire.diff.witness import Prover
from codexwire.ir.model import Protocol

__all__ = ["diff"]


def diff(old: Protocol, new: Protocol, *, witnesses: bool = True) -> Diff:
    """Return the findings of a comparison.

    Every break has a witness or is `unproven`; without `witnesses` the verdicts are those of the formula
    and none is looked for. Changes of prose are counted and not listed.
    """
    analysis = analyse(old, new)
    listed = [(f, found) for f, found in analysis.findings if f.rule != "text-changed"]
    texts = len(analysis.findings) - len(listed)
    if not witnesses:
        return Diff(tuple(f for f, _ in listed), texts)
    prover = Prover(analysis)
    return Diff(tuple(prover.prove(f, found) for f, found in listed), texts)
