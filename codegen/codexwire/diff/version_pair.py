"""Both versions of a comparison, and pairs of their types."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

from msgspec import Struct

from codexwire.diff.containment import Containment
from codexwire.diff.match import Match, MatchPlace
from codexwire.diff.value_set import ObjectSet
from codexwire.diff.value_sets import ValueSets
from codexwire.ir.layout import Namespaces
from codexwire.ir.model import Protocol
from codexwire.model.cached import cached

__all__ = ["Pair", "PairDelta", "VersionPair", "joined"]


class Pair(NamedTuple):
    """The full names of a type in the old and in the new version."""

    old: str
    new: str


def joined(old: Protocol, new: Protocol) -> Namespaces:
    """Return the namespaces of both versions; the newest is that of the new one."""
    return new.namespaces.with_others(old.namespaces.nested, newest=False)


class PairDelta(Struct, frozen=True):
    """What differs between two matched types, and which pairs of types they refer to."""

    matches: tuple[tuple[MatchPlace, Match], ...]
    edges: tuple[Pair, ...]


class VersionPair:
    """Both versions: their value sets, and who takes what the other sends.

    `has_channels`: both protocols were loaded with stability marks.
    """

    def __init__(self, old: Protocol, new: Protocol) -> None:
        self.old = cached(ValueSets, old)
        self.new = cached(ValueSets, new)
        self.namespaces = joined(old, new)
        self.forward = Containment(self.old, self.new, shallow=True)
        self.backward = Containment(self.new, self.old, shallow=True)
        self.has_channels = all(s.channel != "unknown" for p in (old, new) for s in p.sources)

    @cached_property
    def alike(self) -> frozenset[str]:
        """The types that mean the same in both: neither they nor what they refer to has changed."""
        old, new = self.old.protocol.types, self.new.protocol.types
        same = {n for n in old.keys() & new.keys() if old[n].schema == new[n].schema}
        while changed := {n for n in same if not same.issuperset(self.old.types.referred(n))}:
            same -= changed
        return frozenset(same)

    def either_fits(self, old: ObjectSet, new: ObjectSet) -> bool:
        """Whether one of two alternatives takes all that the other sends."""
        return self.forward.object(old, new) or self.backward.object(new, old)
