"""Which findings concern a client that keeps to a contract."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from codexwire.diff.contract import Contract
from codexwire.diff.entry_points import Root
from codexwire.diff.finding import DiffFinding
from codexwire.diff.rule import About
from codexwire.diff.table import RULES
from codexwire.diff.usage import TypeUsage
from codexwire.direction import Side
from codexwire.ir.model import UNIONS

__all__ = ["concerned", "touching"]

_UNIONS = frozenset(u.union for u in UNIONS)
_ABOUT = {rule.id: rule.about for rule in RULES}
_LAST_PROPERTY = re.compile(r"\.[^.<>\[\]{}]+\Z")


def touching(contract: Contract, findings: Iterable[DiffFinding]) -> Iterator[DiffFinding]:
    """Yield the findings that touch a contract.

    Kept: what the server adds to a union or a set of values that the client reads, and a new server
    request to a client that answers any. Ignored: unknown notifications, fields that the client does not
    read, parameters that it never sends. A contract of methods alone covers all of their messages.
    """
    return (f for f in findings if _touches(contract, f))


def concerned(contract: Contract, finding: DiffFinding, roots: Iterable[Root]) -> tuple[Side, ...]:
    """Return the senders through whom a finding touches a contract; none when it does not.

    `roots` are the entry points that reach the finding. A type that both sides write may concern a
    client that only reads it, and what its changes break is then what they break in the reading.
    """
    if not _touches(contract, finding):
        return ()
    if finding.type in _UNIONS:
        return finding.senders
    if _of_methods(contract):
        used = [r.senders for r in roots if r.method in contract.methods.get(r.owner, ())]
        return tuple(s for s in finding.senders if any(s in senders for senders in used))
    return tuple(s for s in finding.senders if _written(contract, finding, s))


def _touches(contract: Contract, finding: DiffFinding) -> bool:
    if finding.type in _UNIONS:
        used = contract.methods.get(finding.type, frozenset())
        everybody = finding.methods == ("*",)
        unasked = (finding.type, finding.rule) == ("ServerRequest", "request-added")
        return bool(used) and (everybody or unasked or not used.isdisjoint(finding.methods))
    if _of_methods(contract):
        return any(not used.isdisjoint(finding.methods) for used in contract.methods.values())
    return any(_written(contract, finding, sender) for sender in finding.senders)


def _of_methods(contract: Contract) -> bool:
    return not contract.sends and not contract.reads


def _written(contract: Contract, finding: DiffFinding, sender: Side) -> bool:
    """Whether a finding touches what the contract says of the values of one sender."""
    types = contract.sends if sender is Side.CLIENT else contract.reads
    usages = (types.get(name) for name in {finding.type, finding.old_type})
    return any(usage is not None and _touches_type(finding, usage, sender) for usage in usages)


def _touches_type(finding: DiffFinding, usage: TypeUsage, sender: Side) -> bool:
    unasked = finding.old is None and sender is Side.SERVER
    if _ABOUT[finding.rule] is About.VALUE:
        return unasked or f"{finding.path}={finding.key}" in usage.values
    if _ABOUT[finding.rule] is About.VARIANT:
        return unasked or f"{finding.path}<{finding.key.split('+')[0]}>" in usage.variants
    if finding.rule == "property-added-required" and sender is Side.CLIENT:
        return _used(_LAST_PROPERTY.sub("", finding.path), usage)
    if finding.rule == "property-added-optional" and unasked:
        return finding.effect.widens and _used(_LAST_PROPERTY.sub("", finding.path), usage)
    return _used(finding.path, usage)


def _used(path: str, usage: TypeUsage) -> bool:
    """Whether a place is in use: a field or variant that was named, or the type as a whole."""
    while path.endswith(("[]", "{}")):
        path = path[:-2]
    return not path or path in usage.fields or path in usage.variants
