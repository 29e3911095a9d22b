"""Whether what a diff is about was seen on a wire, as far as the two releases were probed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from codexwire.diff import DiffFinding
from codexwire.direction import Side
from codexwire.ingest.observed import observed_of
from codexwire.ir.model import UNIONS
from codexwire.model.observed import Observed
from codexwire.version import Version

__all__ = ["seen_on_wires"]

_UNIONS = frozenset(union.union for union in UNIONS)
_BRANCH = re.compile(r"<[^>]*>")


def seen_on_wires(finding: DiffFinding, old: str, new: str) -> dict[str, bool]:
    """Return under `old` and `new` whether a release's server was seen to send it, or to answer the request.

    A release that was not probed is left out, and so is what servers do not send.
    """
    return dict(_seen(finding, {"old": old, "new": new}))


def _seen(finding: DiffFinding, releases: dict[str, str]) -> Iterator[tuple[str, bool]]:
    for side, release in releases.items():
        version = Version.read(release)
        observed = observed_of(version) if version is not None else None
        if observed is None:
            continue
        if finding.type in _UNIONS:
            yield side, any(observed.has(method) for method in finding.methods)
        elif Side.SERVER in finding.senders:
            yield side, _has(observed, finding)


def _has(observed: Observed, finding: DiffFinding) -> bool:
    """Whether the member, the value, or any value of the type was seen."""
    seen = observed.types.get(finding.type) or observed.types.get(finding.old_type)
    if seen is None:
        return False
    place = _BRANCH.sub("", finding.path).removeprefix(".")
    if place:
        return place in seen.members
    return not finding.key or finding.key in seen.values
