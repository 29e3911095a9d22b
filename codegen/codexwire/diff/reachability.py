"""Which pairs of types the messages of both versions reach, and through which roots."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from codexwire.diff.delta import compare
from codexwire.diff.entry_points import Root
from codexwire.diff.version_pair import Pair, PairDelta, VersionPair
from codexwire.ir.walk import references
from codexwire.model.read import Types

__all__ = ["Reachability", "reachable", "used_types"]


class Reachability(Struct, frozen=True):
    """The compared pairs, and for each the set of roots that reach it, as a bit mask by root index."""

    roots: tuple[Root, ...]
    deltas: dict[Pair, PairDelta]
    users: dict[Pair, int]

    def roots_of(self, pair: Pair) -> list[Root]:
        """Return the roots that reach a pair, in order."""
        mask = self.users.get(pair, 0)
        return [root for index, root in enumerate(self.roots) if mask >> index & 1]


def reachable(versions: VersionPair, roots: Sequence[Root]) -> Reachability:
    """Compare every pair that the roots reach, each once."""
    deltas: dict[Pair, PairDelta] = {}
    users: dict[Pair, int] = {}
    pending: dict[Pair, int] = {}
    for index, root in enumerate(roots):
        for pair in root.delta.edges:
            pending[pair] = pending.get(pair, 0) | 1 << index
    while pending:
        pair, mask = pending.popitem()
        known = users.get(pair, 0)
        if mask | known == known and pair in deltas:
            continue
        users[pair] = known | mask
        if pair not in deltas:
            deltas[pair] = compare(versions, pair)
        for edge in deltas[pair].edges:
            pending[edge] = pending.get(edge, 0) | users[pair]
    return Reachability(tuple(roots), deltas, users)


def used_types(types: Types, extra: Iterable[str]) -> frozenset[str]:
    """Return the types that the messages of one version can contain, from its methods and `extra`."""
    pending = list(extra)
    for method in types.protocol.methods:
        pending += references(method.branch)
        pending += [method.result] if method.result is not None else []
    seen: set[str] = set()
    while pending:
        name = pending.pop()
        if name not in seen and name in types.protocol.types:
            seen.add(name)
            pending += types.referred(name)
    return frozenset(seen)
