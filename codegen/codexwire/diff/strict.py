"""Where a strict reader may fail: what a server sends that the client's schema does not take."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from codexwire.diff.contract import Contract
from codexwire.diff.contract_filter import concerned
from codexwire.diff.engine import analyse
from codexwire.diff.finding import DiffFinding
from codexwire.diff.match import PropertyMatch
from codexwire.diff.rule import Skew
from codexwire.diff.verdict import breaks_when
from codexwire.direction import Side
from codexwire.ir.model import Protocol

__all__ = ["StrictFinding", "strict_findings"]


class StrictFinding(NamedTuple):
    """A change that a strict reader may fail on.

    It is `mild` where the client's schema wants a property that may be null and that the server does not
    send: many readers take what is missing for null.
    """

    finding: DiffFinding
    mild: bool


def strict_findings(
    contract: Contract, old: Protocol, new: Protocol, skew: Skew
) -> Iterator[StrictFinding]:
    """Yield what of the changes between two releases a strict reader with a contract may fail on.

    The client is of the old release or of the new one, as `skew` says, and the server of the other.
    """
    analysis = analyse(old, new)
    wanted = analysis.versions.old if skew is Skew.OLD_CLIENT else analysis.versions.new
    for finding, found in analysis.findings:
        if not breaks_when(finding.effect, skew, Side.SERVER):
            continue
        if Side.SERVER in concerned(contract, finding, found.roots):
            match = found.match
            props = (match.old, match.new) if isinstance(match, PropertyMatch) else (None, None)
            prop = props[skew is Skew.NEW_CLIENT]
            mild = prop is not None and prop.required and wanted.of(prop.type).null
            yield StrictFinding(finding, mild)
