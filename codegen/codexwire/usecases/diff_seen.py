"""Tells whether what a diff reports was seen on the wire, where both releases were probed."""

from __future__ import annotations

import re
from collections.abc import Mapping

from codexwire.diff import DiffFinding
from codexwire.direction import Side
from codexwire.ingest.observed import observed_of
from codexwire.ir.model import UNIONS, Protocol
from codexwire.model.observed import Observed
from codexwire.model.profile import profile_of
from codexwire.profiles.table import DEFAULT

__all__ = ["profiles_of", "seen_on_wires"]

_UNIONS = frozenset(union.union for union in UNIONS)
_BRANCH = re.compile(r"<[^>]*>")


def profiles_of(old: Protocol, new: Protocol) -> dict[str, Observed]:
    """Return the observed profiles of two app-servers under `old` and `new`, as far as there are any."""
    sides = {"old": old, "new": new}
    known = {side: p.version for side, p in sides.items() if profile_of(p) is DEFAULT and p.version}
    found = {side: observed_of(version) for side, version in known.items()}
    return {side: observed for side, observed in found.items() if observed is not None}


def seen_on_wires(finding: DiffFinding, profiles: Mapping[str, Observed]) -> dict[str, bool]:
    """Return for each profile whether the server was seen to send it, or to answer the request.

    Nothing comes of what servers do not send.
    """
    if finding.type in _UNIONS:
        return {side: any(map(seen.has, finding.methods)) for side, seen in profiles.items()}
    if Side.SERVER in finding.senders:
        return {side: _has(observed, finding) for side, observed in profiles.items()}
    return {}


def _has(observed: Observed, finding: DiffFinding) -> bool:
    """Whether the member, the value, or any value of the type was seen."""
    seen = observed.types.get(finding.type) or observed.types.get(finding.old_type)
    if seen is None:
        return False
    place = _BRANCH.sub("", finding.path).removeprefix(".")
    if place:
        return place in seen.members
    return not finding.key or finding.key in seen.values
