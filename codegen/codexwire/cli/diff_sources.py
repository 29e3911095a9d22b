"""Two versions of one protocol, opened for a comparison."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from codexwire.cli.as_published import Restored
from codexwire.cli.releases import archive, known_release, open_source
from codexwire.diff.channel import stable_part
from codexwire.direction import Kind, Side
from codexwire.errors import UsageError
from codexwire.ir.model import Protocol
from codexwire.normalize import RULES, Effect, Normalized, normalize
from codexwire.version import Version

__all__ = ["OpenPair", "open_pair", "open_release", "prepared", "release"]

# Rules that spell the same values in another way, which the diff sees through; the names of types stay
# those that were published.
_SPELLING = frozenset(
    {
        "n010-string-enum-branches",
        "n011-string-wrappers",
        "n012-v1-v2-twins",
        "n014-branch-titles",
        "n015-discriminators",
        "n016-open-unions",
        "n017-time-units",
        "n018-deprecated",
        "n019-identities",
    }
)
_MENDING = tuple(rule for rule in RULES if rule.id not in _SPELLING)
# The legacy events would be told three times: as a notification, as a type of their own, and as a
# variant of the published `EventMsg`, which owns them.
_RULES = tuple(rule for rule in _MENDING if rule.id != "n005-codex-event-notifications")


@dataclass(frozen=True, slots=True)
class OpenPair:
    """Both protocols, what they are called, and by which rules they are more than published."""

    old: Protocol
    new: Protocol
    names: tuple[str, str]
    restored: Restored = field(default_factory=dict)

    @property
    def caution(self) -> str | None:
        """What a reader must know when only one of the two is without its experimental part."""
        sides = tuple(zip((self.old, self.new), self.names, strict=True))
        partial = [name for protocol, name in sides if _only_stable(protocol)]
        if len(partial) != 1:
            return None
        return (
            f"{partial[0]} is its stable schema alone: what is experimental counts as missing there"
        )


def open_pair(old: str, new: str, *, channel: str, as_published: bool) -> OpenPair:
    """Load two versions; UsageError when they cannot be compared."""
    if old == new == "-":
        raise UsageError("only one of the two can be standard input", hint="name a file")
    found = [_load(source, channel, as_published) for source in (old, new)]
    before, after = (normalized.protocol for normalized in found)
    if before.name != after.name:
        raise UsageError(
            f"{old} is of the protocol {before.name}, {new} of {after.name}",
            hint="compare versions of one protocol",
        )
    for source, protocol, other in ((old, before, after), (new, after, before)):
        answered = Side.SERVER, Kind.REQUEST
        if not protocol.table(*answered) and other.table(*answered):
            raise UsageError(
                f"{source} has no server requests, so most of it cannot be compared",
                hint="a flat bundle (…v2.schemas.json) is incomplete: name the full one",
            )
    names = (_name(old, before), _name(new, after))
    both = zip(names, found, strict=True)
    restored = {name: n.restored for name, n in both if as_published and n.restored}
    return OpenPair(before, after, names, restored)


def _only_stable(protocol: Protocol) -> bool:
    """Whether this is the stable schema of a release that has an experimental one."""
    if {s.channel for s in protocol.sources} != {"stable"}:
        return False
    whole = known_release(str(protocol.version)) if protocol.version is not None else None
    return whole is not None and any(s.channel == "experimental" for s in whole.sources)


def open_release(source: str) -> Protocol:
    """Load one version or path as `open_pair` does."""
    return _load(source, "experimental", False).protocol


def _load(source: str, channel: str, as_published: bool) -> Normalized:
    found = _normalized(open_source(source, channel), as_published)
    stable = stable_part(found.protocol) if channel == "stable" else None
    return replace(found, protocol=stable or found.protocol)


def prepared(protocol: Protocol, *, as_published: bool = False) -> Protocol:
    """Return the protocol as the diff wants it: responses known, and mended unless `as_published`.

    As published is the bundle itself: what it lost and the per-type files still say stays lost.
    """
    return _normalized(protocol, as_published).protocol


def _normalized(protocol: Protocol, as_published: bool) -> Normalized:
    effects = (Effect.ANNOTATE,) if as_published else tuple(Effect)
    return normalize(protocol, effects=effects, rules=_RULES)


def _name(source: str, protocol: Protocol) -> str:
    return str(protocol.version or ("<stdin>" if source == "-" else Path(source).name))


@cache
def release(version: Version, *, events: bool = False) -> Protocol:
    """Return a release of the archive, ready to be compared; legacy `events` are methods on request."""
    protocol = archive().protocol(version)
    assert protocol is not None, version
    return normalize(protocol, rules=_MENDING).protocol if events else prepared(protocol)
