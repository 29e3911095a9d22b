"""How one method, type or field changed over many releases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from codexwire.diff.collect import LocatedChange, apply_rules
from codexwire.diff.delta import compare
from codexwire.diff.entry_points import method_roots
from codexwire.diff.match import START, TypeMatch
from codexwire.diff.usage import inventory
from codexwire.diff.value_sets import ValueSets
from codexwire.diff.version_pair import Pair, VersionPair
from codexwire.direction import Stability
from codexwire.ir.model import UNIONS, Method, Protocol
from codexwire.model.cached import cached
from codexwire.version import Version

__all__ = ["HistoryEvent", "ReleaseHistory", "Subject", "history", "subjects"]


@dataclass(frozen=True, slots=True)
class Subject:
    """What a history is of: a method of a union, or a type, or with `path` a part of a type."""

    name: str
    union: str = ""
    path: str = ""

    def __str__(self) -> str:
        return self.name + self.path


@dataclass(frozen=True, slots=True)
class HistoryEvent:
    """One change, and the first release that has it."""

    version: Version
    found: LocatedChange


@dataclass(frozen=True, slots=True)
class ReleaseHistory:
    """A subject's releases: since when the last one that has it has it without a break, the first
    after that, and what changed in any of them; `stability` is that of the last release that has it.
    """

    subject: Subject
    since: Version
    removed: Version | None
    stability: Stability
    events: tuple[HistoryEvent, ...]


def subjects(name: str, protocols: Sequence[Protocol]) -> tuple[Subject, ...]:
    """Return what a name means in any of the releases: METHOD, TYPE or TYPE.field.

    A type may be named with or without its namespace; both types are meant where both namespaces have
    one.
    """
    found = [
        Subject(name, union.union)
        for union in UNIONS
        if any(p.method(name, union.sender, union.kind) for p in protocols)
    ]
    types = {type for p in protocols for type in p.types}
    spaces = protocols[-1].namespaces
    for end in range(len(name), 0, -1):
        if end < len(name) and name[end] not in ".<[{=":
            continue
        for full in dict.fromkeys((name[:end], spaces.full(spaces.newest, name[:end]))):
            if full in types:
                found.append(Subject(full, path=name[end:]))
        if found:
            break
    return tuple(found)


def history(subject: Subject, protocols: Sequence[Protocol]) -> ReleaseHistory | None:
    """Return the history of a subject over releases in order; None when none of them has it."""
    runs = [(has, list(run)) for has, run in groupby(protocols, lambda p: _has(subject, p))]
    having = [run for has, run in runs if has]
    if not having:
        return None
    after = None if runs[-1][0] else runs[-1][1][0]
    return ReleaseHistory(
        subject,
        _version(having[-1][0]),
        None if after is None else _version(after),
        _stability(subject, having[-1][-1]),
        tuple(e for old, new in pairwise(protocols) for e in _events(subject, old, new)),
    )


def _version(protocol: Protocol) -> Version:
    assert protocol.version is not None
    return protocol.version


def _method(subject: Subject, protocol: Protocol) -> Method | None:
    union = next(u for u in UNIONS if u.union == subject.union)
    return protocol.method(subject.name, union.sender, union.kind)


def _has(subject: Subject, protocol: Protocol) -> bool:
    if subject.union:
        return _method(subject, protocol) is not None
    if not subject.path:
        return subject.name in protocol.types
    return subject.path in inventory(cached(ValueSets, protocol), subject.name).places


def _stability(subject: Subject, protocol: Protocol) -> Stability:
    if not subject.union:
        return protocol.types[subject.name].stability
    method = _method(subject, protocol)
    return method.stability if method is not None else Stability.UNKNOWN


def _events(subject: Subject, old: Protocol, new: Protocol) -> Iterator[HistoryEvent]:
    """Yield what changed about a subject from one release to the next."""
    for found in _found(subject, old, new):
        if found.rule.id != "text-changed" and _concerns(subject, found):
            yield HistoryEvent(_version(new), found)


def _found(subject: Subject, old: Protocol, new: Protocol) -> Iterator[LocatedChange]:
    if subject.union:
        owner = Pair(subject.union, subject.union)
        for root in method_roots(VersionPair(old, new), (subject.union, subject.name)):
            yield from apply_rules(owner, None, (root,), root.delta.matches)
        return
    pair = Pair(subject.name, subject.name)
    before, after = old.types.get(subject.name), new.types.get(subject.name)
    if before is not None and after is not None:
        if before.schema is not after.schema or before.stability is not after.stability:
            yield from apply_rules(pair, pair, (), compare(VersionPair(old, new), pair).matches)
    elif (before is None) != (after is None):
        yield from apply_rules(pair, pair, (), [(START, TypeMatch(before, after))])


def _concerns(subject: Subject, found: LocatedChange) -> bool:
    """Whether a change is at the subject's path or below it."""
    place, key = "".join(found.place.label), found.change.key
    places = (place, f"{place}={key}", f"{place}<{key}>")
    return not subject.path or any(
        p == subject.path or (p.startswith(subject.path) and p[len(subject.path)] in ".<[{=")
        for p in places
    )
