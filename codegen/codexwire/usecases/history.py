"""Since when, until when, and what changed in between."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from codexwire.diff.history import ReleaseHistory, history, subjects
from codexwire.direction import Kind, Side, Stability
from codexwire.errors import UsageError
from codexwire.ingest.described import described_versions, load_described
from codexwire.ir.model import Protocol
from codexwire.model.profile import Profile
from codexwire.profiles.table import DEFAULT
from codexwire.usecases.comparable import prepared
from codexwire.usecases.meant import meant
from codexwire.usecases.notices import Notice, holes_of
from codexwire.usecases.releases import mended_releases, profile_called, published_releases

__all__ = ["HistoryReport", "history_of", "overview"]


@dataclass(frozen=True, slots=True)
class HistoryReport:
    """What is told of all releases, as plain values, and what a reader must know of it."""

    shown: dict[str, Any]
    notices: tuple[Notice, ...]


def overview(protocol: str = DEFAULT.source) -> HistoryReport:
    """Return a row of counts for each release; UsageError for a protocol that there is not."""
    profile = profile_called(protocol)
    protocols = _described(profile) or published_releases(profile)
    return HistoryReport(_overview([*protocols]), _unknown(protocols))


def history_of(name: str, protocol: str = DEFAULT.source) -> HistoryReport:
    """Return the history of a method, a type or a field; UsageError for what no release has."""
    profile = profile_called(protocol)
    protocols = _described(profile) or mended_releases(profile)
    return HistoryReport(_subject(name, [*protocols]), _unknown(protocols))


def _described(profile: Profile) -> tuple[Protocol, ...]:
    """Return the releases of a protocol that codexwire describes itself, of any other nothing."""
    versions = described_versions(profile) if profile.described else ()
    return tuple(prepared(load_described(profile, version)) for version in versions)


def _unknown(protocols: Iterable[Protocol]) -> tuple[Notice, ...]:
    return tuple(notice for protocol in protocols for notice in holes_of(protocol))


def _subject(name: str, protocols: list[Protocol]) -> dict[str, Any]:
    found = _histories(name, protocols)
    if not found:
        hint = meant(name, protocols) or "name a method, a type (Thread) or a field (Thread.id)"
        raise UsageError(f"no release has {name!r}", hint=hint)
    return {"releases": [str(p.version) for p in protocols], "histories": [*map(_facts, found)]}


def _histories(name: str, protocols: list[Protocol]) -> list[ReleaseHistory]:
    return [h for s in subjects(name, protocols) if (h := history(s, protocols)) is not None]


def _facts(found: ReleaseHistory) -> dict[str, Any]:
    subject = found.subject
    return {
        "name": str(subject),
        "kind": subject.union or ("field" if subject.path else "type"),
        "since": str(found.since),
        "removed": None if found.removed is None else str(found.removed),
        "stability": found.stability.value,
        "events": [
            {
                "release": str(event.version),
                "rule": event.found.rule.id,
                "path": "".join(event.found.place.label),
                "old": event.found.change.old,
                "new": event.found.change.new,
                "text": event.found.sentence,
            }
            for event in found.events
        ],
    }


def _overview(protocols: list[Protocol]) -> dict[str, Any]:
    rows = [_counts(protocols[0], None)]
    rows += [_counts(new, old) for old, new in pairwise(protocols)]
    return {"releases": rows}


def _counts(protocol: Protocol, before: Protocol | None) -> dict[str, Any]:
    methods = {(m.sender, m.kind, m.name) for m in protocol.methods}
    earlier = {(m.sender, m.kind, m.name) for m in before.methods} if before else methods
    types, known = set(protocol.types), set(before.types) if before else set(protocol.types)
    return {
        "release": str(protocol.version),
        "client_requests": len(protocol.table(Side.CLIENT, Kind.REQUEST)),
        "server_requests": len(protocol.table(Side.SERVER, Kind.REQUEST)),
        "notifications": sum(m.kind is Kind.NOTIFICATION for m in protocol.methods),
        "experimental": sum(m.stability is Stability.EXPERIMENTAL for m in protocol.methods),
        "types": len(types),
        "methods_added": len(methods - earlier),
        "methods_removed": len(earlier - methods),
        "types_added": len(types - known),
        "types_removed": len(known - types),
    }
