"""The rules applied to everything that was matched: changes with their owner and place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from codexwire.diff.delta import compare
from codexwire.diff.entry_points import Root
from codexwire.diff.match import START, Match, MatchPlace, TypeMatch, UseMatch, VariantMatch
from codexwire.diff.reachability import Reachability, used_types
from codexwire.diff.renames import renames
from codexwire.diff.rule import Change, Effect, Rule, effect_of
from codexwire.diff.table import RULES
from codexwire.diff.version_pair import Pair, VersionPair
from codexwire.ir.keywords import REFERENCE
from codexwire.location import JsonPath

__all__ = ["LocatedChange", "apply_rules", "collect"]

_BY_MATCH: dict[type, list[tuple[int, Rule]]] = {}
for _index, _rule in enumerate(RULES):
    _BY_MATCH.setdefault(_rule.on, []).append((_index, _rule))

_STRENGTH = (Effect.NONE, Effect.NARROWS, Effect.WIDENS, Effect.INCOMPARABLE)


class LocatedChange(Struct, frozen=True):
    """One change: the type (pair) that owns it, the rule that saw it, where, and the roots above it.

    `pair` is None where the place is in a union of methods itself.
    """

    owner: Pair
    pair: Pair | None
    roots: tuple[Root, ...]
    order: int
    rule: Rule
    change: Change
    place: MatchPlace
    match: Match

    @property
    def effect(self) -> Effect:
        """The effect, as far as no other alternative of a union covers it."""
        return effect_of(
            narrows=self.change.effect.narrows and not self.place.covered_by_sibling[0],
            widens=self.change.effect.widens and not self.place.covered_by_sibling[1],
        )

    @property
    def gone(self) -> bool:
        """Whether only the old version has it."""
        return self.change.new is None and self.change.old is not None

    @property
    def sentence(self) -> str:
        """What changed, by the rule's words."""
        methods = [root.method for root in self.roots]
        return self.rule.sentence(self.change, self.owner.new, "".join(self.place.label), methods)

    def path(self, *, new: bool) -> JsonPath:
        """Return the path in the owner's schema of one version."""
        place = self.place.new if new else self.place.old
        if isinstance(self.match, VariantMatch):
            value_set = self.match.new if new else self.match.old
            return place.at(value_set.path).path if value_set is not None else place.path
        return place.path

    @property
    def _written(self) -> tuple[object, ...]:
        """What changes share that stand at one written place (a property that all variants share).

        Everything that a reference hides has the place of the reference: there the name tells apart.
        """
        change = self.change
        old = change.new is None or change.old is not None
        new = change.old is None or change.new is not None
        paths = (self.path(new=False) if old else (), self.path(new=True) if new else ())
        hidden = any(path[-1:] == (REFERENCE,) for path in paths)
        name = self.place.label[-1:] if hidden else ()
        return (self.rule.id, change.key, change.old, change.new, *paths, *name)


def collect(versions: VersionPair, reach: Reachability) -> list[LocatedChange]:
    """Return every change of two protocols, in an order that depends on names alone."""
    found = [*_of_roots(reach), *_of_pairs(versions, reach), *_of_types(versions, reach)]
    found.sort(key=lambda f: (f.owner.new, f.place.label, f.order, f.change.key, f.owner.old))
    return found


def _of_roots(reach: Reachability) -> Iterator[LocatedChange]:
    for root in reach.roots:
        yield from apply_rules(Pair(root.owner, root.owner), None, (root,), root.delta.matches)
    for root, rename in renames(reach.roots):
        place = root.delta.matches[0][0]
        yield from apply_rules(Pair(root.owner, root.owner), None, (root,), [(place, rename)])


def _of_pairs(versions: VersionPair, reach: Reachability) -> Iterator[LocatedChange]:
    """The changes inside types; a pair that no message reaches is compared all the same."""
    old, new = versions.old.protocol.types, versions.new.protocol.types
    deltas = dict(reach.deltas)
    pending = [*(Pair(n, n) for n in old.keys() & new.keys()), *_moved(versions)]
    while pending:
        pair = pending.pop()
        if pair not in deltas:
            deltas[pair] = compare(versions, pair)
            pending += deltas[pair].edges
    for pair, delta in deltas.items():
        if delta.matches:
            yield from apply_rules(pair, pair, tuple(reach.roots_of(pair)), delta.matches)


def _moved(versions: VersionPair) -> Iterator[Pair]:
    """Types whose bare name left one namespace and appears only in the other."""
    old, new = versions.old.protocol.types, versions.new.protocol.types
    bare = versions.namespaces.bare
    appeared: dict[str, list[str]] = {}
    for name in new.keys() - old.keys():
        appeared.setdefault(bare(name), []).append(name)
    for name in old.keys() - new.keys():
        others = appeared.get(bare(name), [])
        if len(others) == 1:
            yield Pair(name, others[0])


def _of_types(versions: VersionPair, reach: Reachability) -> Iterator[LocatedChange]:
    """Types that came, went, moved, or that messages contain in one version only."""
    old, new = versions.old.protocol.types, versions.new.protocol.types
    moved = list(_moved(versions))
    matches: list[tuple[Pair, Match]] = [(p, TypeMatch(old[p.old], new[p.new])) for p in moved]
    named = {name for pair in moved for name in pair}
    matches += [
        (Pair(name, name), TypeMatch(old.get(name), new.get(name)))
        for name in (old.keys() ^ new.keys()) - named
    ]
    bare = [edge.old for root in reach.roots if not root.owner for edge in root.delta.edges]
    before, after = (used_types(s.types, bare) for s in (versions.old, versions.new))
    matches += [
        (Pair(name, name), UseMatch(name in before, name in after))
        for name in (before ^ after) & old.keys() & new.keys()
    ]
    for pair, match in matches:
        yield from apply_rules(pair, pair, (), [(START, match)])


def apply_rules(
    owner: Pair,
    pair: Pair | None,
    roots: tuple[Root, ...],
    matches: Iterable[tuple[MatchPlace, Match]],
) -> Iterator[LocatedChange]:
    """Apply the rules; what several alternatives share is one change, the strongest of them."""
    groups: dict[tuple[object, ...], list[LocatedChange]] = {}
    for place, match in matches:
        for order, rule in _BY_MATCH.get(type(match), ()):
            for change in rule.check(match):
                found = LocatedChange(owner, pair, roots, order, rule, change, place, match)
                groups.setdefault(found._written, []).append(found)
    for group in groups.values():
        strongest = max(group, key=lambda found: _STRENGTH.index(found.effect))
        if len(group) > 1:
            words = zip(*(f.place.label for f in group), strict=False)
            label = tuple(same[0] for same in words if len(set(same)) == 1)
            strongest = replace(strongest, place=strongest.place._replace(label=label))
        yield strongest
