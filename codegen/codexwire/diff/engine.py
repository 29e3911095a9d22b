"""Two protocols become findings: every reachable pair of types compared once, judged for both upgrades."""

from __future__ import annotations

import hashlib

from msgspec import Struct

from codexwire.diff.collect import LocatedChange, collect
from codexwire.diff.entry_points import method_roots, sent_types
from codexwire.diff.finding import DiffFinding
from codexwire.diff.reachability import Reachability, reachable
from codexwire.diff.rule import Skew
from codexwire.diff.stability import stability_text
from codexwire.diff.verdict import level_of, verdict
from codexwire.diff.version_pair import VersionPair
from codexwire.direction import Side
from codexwire.ir.model import Protocol
from codexwire.location import join_pointer

__all__ = ["Analysis", "analyse", "judged"]


class Analysis(Struct, frozen=True):
    """Both versions, what was compared, and the findings in order with what they were made from."""

    versions: VersionPair
    reach: Reachability
    findings: tuple[tuple[DiffFinding, LocatedChange], ...]


def analyse(old: Protocol, new: Protocol) -> Analysis:
    """Compare two protocols; every finding has its verdicts, none a witness yet."""
    versions = VersionPair(old, new)
    reach = reachable(versions, [*method_roots(versions), *sent_types(versions)])
    found = collect(versions, reach)
    return Analysis(versions, reach, tuple((judged(versions, f, _senders(f)), f) for f in found))


def _senders(found: LocatedChange) -> tuple[Side, ...]:
    return tuple(s for s in Side if any(s in r.senders for r in found.roots))


def judged(versions: VersionPair, found: LocatedChange, senders: tuple[Side, ...]) -> DiffFinding:
    """Return the finding that a change is, with its verdicts for what these senders write."""
    change, effect, owner, levels = found.change, found.effect, found.owner, found.rule.levels
    paths = found.path(new=False), found.path(new=True)
    path = "".join(found.place.label)
    type = owner.old if owner.new not in versions.new.protocol.types and found.gone else owner.new
    methods = tuple(sorted({r.method for r in found.roots if r.method}))
    note = change.note if effect is change.effect else "absorbed by another alternative"
    sentence = found.rule.sentence(change, type, path, methods)
    identity = "\n".join((found.rule.id, *owner, path, change.key))
    return DiffFinding(
        rule=found.rule.id,
        message=f"{sentence} ({note})" if note else sentence,
        markdown=found.rule.sentence(change, type, path, methods, quote="`"),
        brief=found.rule.brief(change, path),
        type=type,
        old_type=owner.old,
        pointer=join_pointer(paths[0] if found.gone else paths[1]),
        path=path,
        methods=methods,
        senders=senders,
        effect=effect,
        old_client=verdict(effect, change.total, Skew.OLD_CLIENT, senders),
        new_client=verdict(effect, change.total, Skew.NEW_CLIENT, senders),
        old_client_level=min(
            (level_of(effect, levels, Skew.OLD_CLIENT, senders), change.level),
            key=lambda level: level.rank,
        ),
        new_client_level=level_of(effect, levels, Skew.NEW_CLIENT, senders),
        stability=stability_text(versions, found),
        old=change.old,
        new=change.new,
        note=note,
        fingerprint=hashlib.sha256(identity.encode()).hexdigest()[:16],
        key=change.key,
    )
