"""Two versions of one protocol, opened for a comparison.

Which rules they are read with stands in the rules' own files: `compared`.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from codexwire.direction import Kind, Side
from codexwire.errors import CodexwireWarning, UsageError
from codexwire.ingest import load
from codexwire.ingest.archive import archive
from codexwire.ingest.channel import stable_part
from codexwire.ir.hole import HoleKind
from codexwire.ir.layout import UNIONS
from codexwire.ir.model import Protocol
from codexwire.ir.walk import references
from codexwire.normalize import Compared, Effect, Normalized, ProjectRules, normalize
from codexwire.normalize.project import NONE
from codexwire.usecases.normalized import normalized, rules_compared
from codexwire.usecases.notices import Notice, RuleIds, holes_of, project_rules_of, restored_in

__all__ = ["COMPARED", "OpenPair", "mended", "open_pair", "open_release", "prepared"]


COMPARED = (Compared.ALWAYS,)
"""What rules must say of themselves to be applied before two releases are compared."""


@dataclass(frozen=True, slots=True)
class OpenPair:
    """Both protocols, what they are called, and by which rules they are more than published.

    `restored` and `project_rules` name the rules that were applied to each, where there are any.
    """

    old: Protocol
    new: Protocol
    names: tuple[str, str]
    restored: RuleIds = field(default_factory=dict)
    project_rules: RuleIds = field(default_factory=dict)

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What a reader of the comparison must know of the two."""
        return (
            *restored_in(self.restored),
            *project_rules_of(self.project_rules),
            *holes_of(self.old),
            *(holes_of(self.new) if self.new.holes != self.old.holes else ()),
            *self._caution(),
        )

    def _caution(self) -> Iterator[Notice]:
        """Yield a note when only one of the two is without its experimental part."""
        sides = tuple(zip((self.old, self.new), self.names, strict=True))
        partial = [name for protocol, name in sides if _only_stable(protocol)]
        if len(partial) == 1:
            text = "is its stable schema alone: what is experimental counts as missing there"
            yield Notice("note", f"{partial[0]} {text}")


def open_pair(
    old: str, new: str, *, channel: str, as_published: bool, project: ProjectRules = NONE
) -> OpenPair:
    """Load two versions; UsageError when they cannot be compared."""
    if old == new == "-":
        raise UsageError("only one of the two can be standard input", hint="name a file")
    found = [_load(source, channel, as_published, project) for source in (old, new)]
    before, after = (normalized.protocol for normalized in found)
    if before.name != after.name:
        raise UsageError(
            f"{old} is of the protocol {before.name}, {new} of {after.name}",
            hint="compare versions of one protocol",
        )
    names = _name(old, before), _name(new, after)
    lacks = _lacks(before, names[0]), _lacks(after, names[1])
    if lacks[0] != lacks[1]:
        lost = lacks[0] | lacks[1]
        before, after = _without(before, lost, after), _without(after, lost, before)
    both = tuple(zip(names, found, strict=True))
    restored = {name: n.restored for name, n in both if as_published and n.restored}
    rules = {name: n.project_rules for name, n in both if n.project_rules}
    return OpenPair(before, after, names, restored, rules)


def _lacks(protocol: Protocol, name: str) -> frozenset[tuple[Side, Kind]]:
    """Return the messages that its schema, as a flat bundle does, says nothing of; with a warning."""
    told = {hole.place for hole in protocol.holes if hole.kind is HoleKind.BRANCH and not hole.name}
    lost = frozenset((u.sender, u.kind) for u in UNIONS if u.union in told)
    if lost:
        words = " and ".join(f"no {sender} {kind}s" for sender, kind in sorted(lost))
        warnings.warn(
            f"{name} has {words} (is it a flat bundle?): what it lacks is not compared",
            CodexwireWarning,
            stacklevel=2,
        )
    return lost


def _without(protocol: Protocol, lost: frozenset[tuple[Side, Kind]], other: Protocol) -> Protocol:
    """Return a protocol without some messages, so that it can be compared with one that lacks them."""
    methods = tuple(m for m in protocol.methods if (m.sender, m.kind) not in lost)
    if len(methods) == len(protocol.methods):
        return protocol
    reached = {ref for m in methods for ref in references(m.branch)}
    reached |= {m.result for m in methods if m.result is not None}
    todo = list(reached)
    while todo:
        found = set(references(protocol.types[todo.pop()].schema)) - reached
        reached |= found
        todo += found
    types = {n: t for n, t in protocol.types.items() if n in reached or n in other.types}
    return replace(protocol, methods=methods, types=MappingProxyType(types))


def _only_stable(protocol: Protocol) -> bool:
    """Whether this is the stable schema of a release that has an experimental one."""
    if {s.channel for s in protocol.sources} != {"stable"}:
        return False
    whole = archive().protocol(protocol.version) if protocol.version is not None else None
    return whole is not None and any(s.channel == "experimental" for s in whole.sources)


def open_release(source: str, project: ProjectRules = NONE) -> Protocol:
    """Load one version or path as `open_pair` does."""
    return _normalized(load(source), False, project).protocol


def _load(source: str, channel: str, as_published: bool, project: ProjectRules) -> Normalized:
    found = normalized(
        source,
        channel=channel,
        effects=_effects(as_published),
        compared=COMPARED,
        project=project,
    )
    stable = stable_part(found.protocol) if channel == "stable" else None
    return replace(found, protocol=stable or found.protocol)


def prepared(
    protocol: Protocol, *, as_published: bool = False, project: ProjectRules = NONE
) -> Protocol:
    """Return the protocol as the diff wants it: responses known, and mended unless `as_published`.

    As published is the bundle itself: what it lost and the per-type files still say stays lost.
    """
    return _normalized(protocol, as_published, project).protocol


def _normalized(protocol: Protocol, as_published: bool, project: ProjectRules) -> Normalized:
    rules = rules_compared(protocol, COMPARED)
    return normalize(protocol, effects=_effects(as_published), rules=rules, project=project)


def _effects(as_published: bool) -> tuple[Effect, ...]:
    return (Effect.ANNOTATE,) if as_published else tuple(Effect)


def mended(protocol: Protocol) -> Protocol:
    """Return a release as it is followed through all others: corrected, legacy events methods, too."""
    rules = rules_compared(protocol, (*COMPARED, Compared.HISTORY))
    return normalize(protocol, rules=rules).protocol


def _name(source: str, protocol: Protocol) -> str:
    return str(protocol.version or ("<stdin>" if source == "-" else Path(source).name))
