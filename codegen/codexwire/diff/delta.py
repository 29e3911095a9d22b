"""Two matched types become matched parts: the one walk over both versions.

A reference ends the walk: the pair of types that it leads to is compared on its own, once, so that a
change belongs to one owning type and recursion needs no care.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from codexwire.diff.containment import array_limits_fit
from codexwire.diff.match import (
    START,
    AdditionalMatch,
    KeywordMatch,
    KindMatch,
    LimitMatch,
    Match,
    MatchPlace,
    NullMatch,
    OpenMatch,
    PropertyMatch,
    ReferenceMatch,
    StabilityMatch,
    StringMatch,
    TextMatch,
    ValueStep,
    VariantMatch,
)
from codexwire.diff.pairing import Cell, alternative_name, cells, pair_cell, variant_name
from codexwire.diff.rule import UndeclaredSample
from codexwire.diff.scalars import foreign_kinds, scalar_matches
from codexwire.diff.string_sets import turned_values
from codexwire.diff.unread import unread
from codexwire.diff.value_set import (
    ArraySet,
    ObjectSet,
    Property,
    StringSet,
    ValueSet,
    default_of,
    either,
)
from codexwire.diff.value_sets import Branch, ValueSets
from codexwire.diff.version_pair import Pair, PairDelta, VersionPair
from codexwire.direction import Stability
from codexwire.ir.keywords import EXACTLY_ONE
from codexwire.model.types import Type, references

__all__ = ["Delta", "compare"]

Takers: TypeAlias = tuple[tuple[ObjectSet, ...], tuple[ObjectSet, ...]]
"""The alternatives of the new version that may take values of an old one, and the reverse."""


def compare(versions: VersionPair, pair: Pair) -> PairDelta:
    """Compare two types by structure; a type that is missing admits anything."""
    delta = Delta(versions)
    old, new = versions.old.protocol.types.get(pair.old), versions.new.protocol.types.get(pair.new)
    if old is not None and new is not None:
        if versions.has_channels and old.stability is not new.stability:
            delta.emit(START, StabilityMatch("type", pair.new, old.stability, new.stability))
        if old.schema == new.schema:
            delta.same(versions.old.types.referred(pair.old))
        else:
            before, after = versions.old.types.named(pair.old), versions.new.types.named(pair.new)
            delta.texts(pair.new, before, after, START)
            delta.types(before, after, START)
    return delta.result()


class Delta:
    """One comparison under way: what it found so far."""

    def __init__(self, versions: VersionPair) -> None:
        self.versions = versions
        self.matches: list[tuple[MatchPlace, Match]] = []
        self.edges: dict[Pair, None] = {}
        self._open: set[tuple[int, int]] = set()

    def result(self) -> PairDelta:
        """Return what was found, as a frozen value."""
        return PairDelta(tuple(self.matches), tuple(self.edges))

    def emit(self, place: MatchPlace, match: Match) -> None:
        """Note a match."""
        self.matches.append((place, match))

    def same(self, names: Iterable[str]) -> None:
        """Note types that are referred to where both versions say the same."""
        self.edges.update((Pair(name, name), None) for name in names)

    def texts(self, name: str, old: Type, new: Type, place: MatchPlace) -> None:
        """Note a description that says something else."""
        before, after = old.facts.description, new.facts.description
        if before and after and before != after:
            self.emit(place, TextMatch(name, before, after))

    def stability(self, what: str, name: str, marks: tuple[bool, bool], place: MatchPlace) -> None:
        """Note a part that moved between stable and experimental; `marks` say where it is the latter."""
        if self.versions.has_channels and marks[0] != marks[1]:
            names = [Stability.EXPERIMENTAL if m else Stability.STABLE for m in marks]
            self.emit(place, StabilityMatch(what, name, *names))

    def types(self, old: Type, new: Type, place: MatchPlace) -> None:
        """Compare two types."""
        if old == new:
            self.same(references(old))
            return
        key = id(old), id(new)
        if key in self._open:  # a recursive type against one that is written out
            return
        self._open.add(key)
        self._keywords(old, new, place)
        self._types(old, new, place)
        self._open.discard(key)

    def _keywords(self, old: Type, new: Type, place: MatchPlace) -> None:
        """Note what value sets do not know and the two nodes do not share."""
        before = unread(self.versions.old.types, old)
        after = unread(self.versions.new.types, new)
        for keyword in sorted(before.keys() | after.keys()):
            unions = keyword == EXACTLY_ONE and not (keyword in before and keyword in after)
            if not unions and before.get(keyword) != after.get(keyword):
                self.emit(place, KeywordMatch(keyword, before.get(keyword), after.get(keyword)))

    def _types(self, old: Type, new: Type, place: MatchPlace) -> None:
        olds, old_null = self.versions.old.branches(old)
        news, new_null = self.versions.new.branches(new)
        whole = self.versions.old.of(old), self.versions.new.of(new)
        if len(olds) == 1 == len(news) and olds[0].ref is not None and news[0].ref is not None:
            self._null((old_null, new_null), whole, place)
            self.reference(olds[0].ref, news[0].ref, place)
            return
        shared = self._same_references(olds, news)
        self.same(shared)
        rest = whole
        if shared:
            rest = (
                _rest(self.versions.old, olds, shared),
                _rest(self.versions.new, news, shared),
            )
        self._null((old_null or rest[0].null, new_null or rest[1].null), whole, place)
        self.value_sets(rest, whole, place)

    def _null(
        self, nulls: tuple[bool, bool], whole: tuple[ValueSet, ValueSet], place: MatchPlace
    ) -> None:
        """Note null that came or went beside other values, here or behind a reference."""
        values = all(value_set.kinds - {"null"} and not value_set.any for value_set in whole)
        if values and nulls[0] != nulls[1] and whole[0].null != whole[1].null:
            self.emit(place, NullMatch(*nulls))

    def reference(self, old: str, new: str, place: MatchPlace) -> None:
        """Follow a reference: the pair is compared on its own."""
        self.edges[Pair(old, new)] = None
        if old != new:
            self.emit(place, ReferenceMatch(old, new))

    def _same_references(self, olds: Iterable[Branch], news: Iterable[Branch]) -> frozenset[str]:
        """The types that are branches of both unions, and still carry the same tags."""
        common = {b.ref for b in olds if b.ref} & {b.ref for b in news if b.ref}
        return frozenset(name for name in common if self._same_tags(name))

    def _same_tags(self, name: str) -> bool:
        versions = self.versions
        if not (name in versions.old.protocol.types and name in versions.new.protocol.types):
            return False
        before = versions.old.of(versions.old.types.named(name))
        after = versions.new.of(versions.new.types.named(name))
        tags = [[dict(o.tags) for o in s.objects] for s in (before, after)]
        return len(tags[0]) != 1 or len(tags[1]) != 1 or tags[0] == tags[1]

    def value_sets(
        self, rest: tuple[ValueSet, ValueSet], whole: tuple[ValueSet, ValueSet], place: MatchPlace
    ) -> None:
        """Compare what is left of two nodes kind by kind; `whole` judges what takes what."""
        apart = foreign_kinds(whole)
        if apart is not None:
            if apart.lost or apart.gained:
                self.emit(place, apart)
            return
        for match in scalar_matches(rest, whole):
            self.emit(place, match)
        self.arrays(rest, whole, place)
        self.objects(rest, whole, place)

    def arrays(
        self, rest: tuple[ValueSet, ValueSet], whole: tuple[ValueSet, ValueSet], place: MatchPlace
    ) -> None:
        """Compare arrays item by item; of several alternatives, those that take each other's values."""
        forward, backward = self.versions.forward.array, self.versions.backward.array
        old, new = rest[0].arrays, rest[1].arrays
        if len(old) == 1 == len(new):
            self._array(old[0], new[0], place)
        elif old or new:
            for before in old:
                after = next((n for n in new if forward(before, n) and backward(n, before)), None)
                if after is not None:
                    self._array(before, after, place)
            lost = tuple(o for o in old if not any(forward(o, n) for n in whole[1].arrays))
            gained = tuple(n for n in new if not any(backward(n, o) for o in whole[0].arrays))
            both = whole[0].arrays and whole[1].arrays  # else the kind itself came or went
            if both and (lost or gained):
                value_sets = ValueSet(arrays=lost or old), ValueSet(arrays=gained or new)
                kinds = ("array",) if lost else (), ("array",) if gained else ()
                self.emit(place, KindMatch(*value_sets, *kinds, False))

    def _array(self, before: ArraySet, after: ArraySet, place: MatchPlace) -> None:
        narrows = not array_limits_fit(before, after)
        widens = not array_limits_fit(after, before)
        if narrows or widens:
            value_sets = ValueSet(arrays=(before,)), ValueSet(arrays=(after,))
            self.emit(place, LimitMatch("array", *value_sets, narrows, widens))
        inner = place._replace(
            old=place.old.into(ValueStep("[]", before), before.path),
            new=place.new.into(ValueStep("[]", after), after.path),
            label=(*place.label, "[]"),
        )
        self.types(before.items, after.items, inner)

    def objects(
        self, rest: tuple[ValueSet, ValueSet], whole: tuple[ValueSet, ValueSet], place: MatchPlace
    ) -> None:
        """Compare object alternatives, paired by what selects them."""
        many = len(whole[0].objects) > 1 or len(whole[1].objects) > 1
        values = self.versions.old.strings, self.versions.new.strings
        for cell in cells(rest[0].objects, rest[1].objects, values):
            self._cell(cell, rest, whole, place, many)
        self._catch_alls(rest, whole, place)

    def _cell(
        self,
        cell: Cell,
        rest: tuple[ValueSet, ValueSet],
        whole: tuple[ValueSet, ValueSet],
        place: MatchPlace,
        many: bool,
    ) -> None:
        paired = pair_cell(cell, self.versions.either_fits, self.versions.namespaces.bare)
        takers: Takers = (*cell.new, *_opens(whole[1])), (*cell.old, *_opens(whole[0]))
        if not cell.label:
            takers = whole[1].objects, whole[0].objects
        for old, new in paired.pairs:
            label = cell.label or (min(map(alternative_name, (old, new))) if many else "")
            self._pair(old, new, label, takers, place)
        split = bool(paired.pairs)
        turned = self._turned(rest)
        for old in (alternative for alternative in paired.removed if alternative.key not in turned):
            absorbed = any(self.versions.forward.object(old, n) for n in takers[0])
            self.emit(place, VariantMatch(variant_name(cell, old), old, None, split, absorbed))
        for new in (alternative for alternative in paired.added if alternative.key not in turned):
            absorbed = any(self.versions.backward.object(new, o) for o in takers[1])
            self.emit(place, VariantMatch(variant_name(cell, new), None, new, split, absorbed))

    def _pair(
        self, old: ObjectSet, new: ObjectSet, label: str, takers: Takers, place: MatchPlace
    ) -> None:
        """Compare two alternatives of one `label`; what others take of their values breaks nothing."""
        covered_by_sibling = (
            place.covered_by_sibling[0]
            or any(self.versions.forward.object(old, n) for n in takers[0] if n is not new),
            place.covered_by_sibling[1]
            or any(self.versions.backward.object(new, o) for o in takers[1] if o is not old),
        )
        inner = place._replace(
            covered_by_sibling=covered_by_sibling,
            label=(*place.label, f"<{label}>") if label else place.label,
        )
        self.stability("variant", label, (old.experimental, new.experimental), inner)
        if old.ref is not None and new.ref is not None:
            self.reference(old.ref, new.ref, inner)
        else:
            self.object(old, new, inner)

    @staticmethod
    def _turned(rest: tuple[ValueSet, ValueSet]) -> frozenset[str]:
        """The keys of alternatives that are plain strings in the other version."""
        strings = [s.string or StringSet(()) for s in rest]
        match = StringMatch(strings[0], strings[1], rest[0].objects, rest[1].objects)
        return frozenset(value for value, _, _ in turned_values(match))

    def _catch_alls(
        self, rest: tuple[ValueSet, ValueSet], whole: tuple[ValueSet, ValueSet], place: MatchPlace
    ) -> None:
        """Note that a union of objects got or lost the alternative that takes any object."""
        old, new = _opens(rest[0]), _opens(rest[1])
        if bool(old) == bool(new):
            return
        here = (old or new)[0]
        judge, others = self.versions.forward, whole[1].objects
        if new:
            judge, others = self.versions.backward, whole[0].objects
        absorbed = any(judge.object(here, o) for o in others)
        self.emit(place, OpenMatch("object", bool(new), absorbed, UndeclaredSample(here)))

    def object(self, old: ObjectSet, new: ObjectSet, place: MatchPlace) -> None:
        """Compare two objects property by property."""
        if old.treatment == "typed" == new.treatment and old.additional and new.additional:
            inner = place._replace(
                old=place.old.into(ValueStep("{}", old), (*old.path, "additionalProperties")),
                new=place.new.into(ValueStep("{}", new), (*new.path, "additionalProperties")),
                label=(*place.label, "{}"),
            )
            self.types(old.additional, new.additional, inner)
        elif old.treatment != new.treatment:
            narrows = not self.versions.forward.additional(old, new)
            widens = not self.versions.backward.additional(new, old)
            self.emit(
                place, AdditionalMatch(old, new, old.treatment, new.treatment, narrows, widens)
            )
        for name in sorted(old.properties.keys() | new.properties.keys()):
            self._property(name, old, new, place)

    def _property(self, name: str, old: ObjectSet, new: ObjectSet, place: MatchPlace) -> None:
        before, after = old.properties.get(name), new.properties.get(name)
        inner = place._replace(
            old=place.old.into(ValueStep(name, old), before.path if before else old.path),
            new=place.new.into(ValueStep(name, new), after.path if after else new.path),
            label=(*place.label, f".{name}"),
        )
        if before is None or after is None:
            self._one_sided(name, before, after, (old, new), inner)
            return
        if before.required != after.required or default_of(before.type) != default_of(after.type):
            self.emit(inner, PropertyMatch(name, before, after, old, new))
        self.texts(name, before.type, after.type, inner)
        marks = before.type.facts.is_experimental, after.type.facts.is_experimental
        self.stability("property", name, marks, inner)
        self.types(before.type, after.type, inner)

    def _one_sided(
        self,
        name: str,
        before: Property | None,
        after: Property | None,
        objects: tuple[ObjectSet, ObjectSet],
        place: MatchPlace,
    ) -> None:
        """Note a property that only one side declares, and whether the other side can live with it."""
        declared, other = (after, objects[0]) if after is not None else (before, objects[1])
        assert declared is not None
        there, back = self.versions.backward, self.versions.forward
        if before is not None:
            there, back = back, there
        rejected = other.additional is not None and not there.type(declared.type, other.additional)
        clashes = other.undeclared is not None and not back.type(other.undeclared, declared.type)
        self.emit(place, PropertyMatch(name, before, after, *objects, rejected, clashes))


def _rest(value_sets: ValueSets, branches: tuple[Branch, ...], shared: frozenset[str]) -> ValueSet:
    """The value set of the branches that are not shared."""
    return either(value_sets.of(b.type) for b in branches if b.ref not in shared)


def _opens(value_set: ValueSet) -> tuple[ObjectSet, ...]:
    return tuple(o for o in value_set.objects if o.is_open) if len(value_set.objects) > 1 else ()
