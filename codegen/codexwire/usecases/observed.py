"""The observed profiles of two releases: what changed on the wire although the schemas do not say so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

from codexwire.direction import Kind, Side, Stability
from codexwire.errors import UsageError
from codexwire.finding import Finding, Level, RuleText, pages
from codexwire.ingest import load_version
from codexwire.ingest.observed import observed_of, observed_releases
from codexwire.ir.model import ObservedServer, Protocol
from codexwire.location import Location
from codexwire.model.observed import Observed
from codexwire.model.read import Types, read, types_of
from codexwire.model.types import All, Enum, Object, Ref, Type, Union
from codexwire.normalize import normalize
from codexwire.report.report import Group, Report
from codexwire.version import Version

__all__ = ["RULES", "compare_observed"]

_TITLES = {
    "request": "A request is answered or refused otherwise, or by another type.",
    "message": "A message of the server comes, or comes no more.",
    "member": "A member of a type is sent, or is sent no more.",
    "value": "A value of an enum is sent, or is sent no more.",
    "gate": "What needs, or comes only with, the capability for experimental methods changed.",
    "hidden": "A request that the schema omits is known to the server, or is known no more.",
    "record": "A kind of record, or a key of it, is written to saved sessions, or is written no more.",
    "damaged": "Server and schema disagree about damaged requests more or less often.",
}
_DOC = (
    "Both releases were probed by the same scenarios. What their schemas have alike is listed; what one of "
    "them adds or removes, `codexwire diff` tells."
)

RULES: tuple[RuleText, ...] = tuple(
    RuleText(f"observed/{id}", Level.INFO, title, _DOC) for id, title in _TITLES.items()
)
"""Every rule of a comparison of observed profiles."""

_Change: TypeAlias = "tuple[str, str, str]"
"""The rule, what it is about, and what changed."""


@dataclass(frozen=True, slots=True)
class _Side:
    """One release: its profile and its protocol."""

    observed: Observed
    protocol: Protocol

    def declares(self, name: str, place: str) -> bool:
        """Whether its schema has a type with the member that a place begins with."""
        if name not in self.protocol.types:
            return False
        first = place.partition(".")[0].removesuffix("[]")
        return first in _members_of(types_of(self.protocol), Ref(name))

    def values(self, name: str) -> set[str]:
        """Return the values of enums that stand in a type."""
        if name not in self.protocol.types:
            return set()
        inside = types_of(self.protocol).named(name).inside()
        return {str(v) for found in inside if isinstance(found, Enum) for v in found.values}

    def gate(self, name: str, member: str) -> bool | None:
        """Whether its schema calls a request experimental, or a member of its params; None without it."""
        method = self.protocol.method(name, Side.CLIENT, Kind.REQUEST)
        if method is None:
            return None
        if not member:
            return method.stability is Stability.EXPERIMENTAL
        types = types_of(self.protocol)
        found = types.resolve(read(method.params)) if method.params is not None else None
        inner = found.properties.get(member) if isinstance(found, Object) else None
        return None if inner is None else inner.facts.is_experimental

    def has(self, name: str) -> bool:
        """Whether its schema has a method of that name."""
        return any(method.name == name for method in self.protocol.methods)


def _members_of(types: Types, found: Type) -> set[str]:
    """Return the members that a type names, be it in one branch only."""
    found = types.resolve(found)
    if isinstance(found, Object):
        return set(found.properties)
    parts = found.parts() if isinstance(found, Union | All) else ()
    return {name for part in parts for name in _members_of(types, part)}


def compare_observed(old: str, new: str) -> Report:
    """Return what changed between two releases on the wire although the schemas do not say so.

    UsageError for a release that was not probed.
    """
    sides = _side(old), _side(new)
    changes = [change for compare in _COMPARISONS for change in compare(*sides)]
    findings = tuple(
        Finding(f"observed/{rule}", Level.INFO, Location(), f"{about}: {text}", {})
        for rule, about, text in changes
    )
    title = f"observed: {old} → {new}"
    return Report(
        command="codexwire diff --observed",
        groups=(Group(title, findings),),
        summary=(f"{len(findings)} changes on the wire that the schemas do not show",),
        rules={rule.id: rule.title for rule in RULES},
        document={
            "version": 1,
            "old": old,
            "new": new,
            "changes": [{"rule": r, "about": about, "change": text} for r, about, text in changes],
            "pages": pages(findings),
        },
        everything=True,
    )


def _side(text: str) -> _Side:
    version = Version.read(text)
    observed = observed_of(version) if version is not None else None
    if version is None or observed is None:
        known = ", ".join(map(str, observed_releases())) or "none"
        raise UsageError(
            f"{text} was not probed",
            hint=f"`codexwire probe --release {text} --out schema/observed/{text}.json`; probed: {known}",
        )
    loaded = replace(load_version(version), observed=ObservedServer())  # marked as its schema says
    return _Side(observed, normalize(loaded).protocol)


def _requests(old: _Side, new: _Side) -> Iterator[_Change]:
    for name, before in old.observed.requests.items():
        after = new.observed.requests.get(name)
        if after is None or not new.has(name):
            continue
        for was, now in (
            (before.outcome, after.outcome),
            (before.verdict, after.verdict),
            (before.result, after.result),
        ):
            if was and now and was != now:
                yield "request", name, f"{was} → {now}"


def _messages(old: _Side, new: _Side) -> Iterator[_Change]:
    for kind in ("notifications", "server_requests"):
        was, now = (set(getattr(side.observed, kind)) for side in (old, new))
        yield from _moved("message", was, now, lambda name: old.has(name) and new.has(name))


def _members(old: _Side, new: _Side) -> Iterator[_Change]:
    for name in sorted(old.observed.types.keys() & new.observed.types.keys()):
        before, after = old.observed.types[name], new.observed.types[name]
        was, now = (
            {m for m in members if old.declares(name, m) and new.declares(name, m)}
            for members in (before.members, after.members)
        )
        for change in _moved("member", was, now, lambda _: True):
            yield "member", f"{name}.{change[1]}", change[2]
        free = _moved("member", set(before.undeclared), set(after.undeclared), lambda _: True)
        for change in free:
            yield "member", f"{name}.{change[1]}, which no schema declares", change[2]
        known = old.values(name) & new.values(name)
        for change in _moved("value", set(before.values), set(after.values), known.__contains__):
            yield "value", f"{name} {change[1]}", change[2]


def _gates(old: _Side, new: _Side) -> Iterator[_Change]:
    was, now = old.observed.gates, new.observed.gates
    for method, member in sorted(was ^ now):
        if old.gate(method, member) == new.gate(method, member) is not None:
            place = f"{method} params.{member}" if member else method
            needs = (method, member) in now
            yield "gate", place, "needs the capability now" if needs else "no longer needs it"
    both = _messages_of(old.observed) & _messages_of(new.observed)
    free, freed = set(old.observed.to_stable), set(new.observed.to_stable)
    for name in sorted((free ^ freed) & both):
        whom = "to stable clients, too" if name in freed else "only with the capability"
        yield "gate", name, f"sent {whom}"


def _messages_of(observed: Observed) -> set[str]:
    return {*observed.notifications, *observed.server_requests}


def _hidden(old: _Side, new: _Side) -> Iterator[_Change]:
    yield from _moved("hidden", set(old.observed.hidden), set(new.observed.hidden), lambda _: True)


def _rollouts(old: _Side, new: _Side) -> Iterator[_Change]:
    was, now = old.observed.rollouts, new.observed.rollouts
    yield from _moved("record", set(was), set(now), lambda _: True)
    for kind in sorted(was.keys() & now.keys()):
        for change in _moved("record", set(was[kind]), set(now[kind]), lambda _: True):
            yield "record", f"{kind} {change[1]}", change[2]


def _damaged(old: _Side, new: _Side) -> Iterator[_Change]:
    was, now = old.observed.damaged.disagreements, new.observed.damaged.disagreements
    for reason in sorted(was.keys() | now.keys()):
        if was.get(reason, 0) != now.get(reason, 0):
            yield "damaged", reason, f"{was.get(reason, 0)} → {now.get(reason, 0)}"


def _moved(
    rule: str, was: set[str], now: set[str], counts: Callable[[str], bool]
) -> Iterator[_Change]:
    yield from ((rule, name, "sent no more") for name in sorted(was - now) if counts(name))
    yield from ((rule, name, "sent now") for name in sorted(now - was) if counts(name))


_COMPARISONS: tuple[Callable[[_Side, _Side], Iterator[_Change]], ...] = (
    _requests,
    _messages,
    _members,
    _gates,
    _hidden,
    _rollouts,
    _damaged,
)
