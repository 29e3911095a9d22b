"""What the walk hands to the rules: two matched things that differ, and where they stand."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from codexwire.diff.rule import Probe
from codexwire.diff.value_set import ArraySet, ObjectSet, Property, StringSet, ValueSet
from codexwire.direction import Stability
from codexwire.ir.keywords import REFERENCE
from codexwire.ir.model import Method, TypeDef
from codexwire.location import JsonPath

__all__ = [
    "START",
    "TREATMENTS",
    "AdditionalMatch",
    "EnvelopeMatch",
    "KeywordMatch",
    "KindMatch",
    "LimitMatch",
    "Match",
    "MatchPlace",
    "MethodMatch",
    "NullMatch",
    "OpenMatch",
    "ParamsMatch",
    "PropertyMatch",
    "ReferenceMatch",
    "RenameMatch",
    "ResultMatch",
    "StabilityMatch",
    "StringMatch",
    "TextMatch",
    "TypeMatch",
    "UseMatch",
    "ValueStep",
    "VariantMatch",
    "VersionPlace",
]


TREATMENTS = ("closed", "typed", "ignored", "free")
"""How an object treats undeclared properties: refuses them, wants one schema, ignores, sends them."""


class ValueStep(NamedTuple):
    """One step from a value into a part of it: a property of `inside`, its items, or a map value.

    `name` is the property's name, `"[]"` for items and `"{}"` for map values.
    """

    name: str
    inside: ObjectSet | ArraySet


class VersionPlace(NamedTuple):
    """A place in one version: the path in the owning type's schema, and the steps to it in a value."""

    path: JsonPath = ()
    trail: tuple[ValueStep, ...] = ()

    def at(self, path: JsonPath) -> VersionPlace:
        """Return the place of a path in the same owner; what a reference hides has that of the reference."""
        return self if self.path[-1:] == (REFERENCE,) else VersionPlace(path, self.trail)

    def into(self, step: ValueStep, path: JsonPath) -> VersionPlace:
        """Return the place one step further into the value."""
        return VersionPlace(self.at(path).path, (*self.trail, step))


_HERE = VersionPlace()


class MatchPlace(NamedTuple):
    """Where a match stands in both versions.

    `label` is the way there in words that do not depend on positions. `covered_by_sibling` is
    (narrowing, widening): True if a sibling branch still accepts the values, so that nothing breaks.
    """

    old: VersionPlace = _HERE
    new: VersionPlace = _HERE
    label: tuple[str, ...] = ()
    covered_by_sibling: tuple[bool, bool] = (False, False)


START = MatchPlace()
"""The root of a type."""


class MethodMatch(NamedTuple):
    """A method that one version lacks."""

    old: Method | None
    new: Method | None


class RenameMatch(NamedTuple):
    """A removed and an added method that look alike."""

    old: Method
    new: Method


class ParamsMatch(NamedTuple):
    """The same method whose params admit other kinds of values; what fits whom is computed."""

    old: Method
    new: Method
    narrows: bool
    widens: bool
    old_object: ObjectSet
    new_object: ObjectSet
    old_set: ValueSet
    new_set: ValueSet


class EnvelopeMatch(NamedTuple):
    """A property beside `method` and `params` of every message of a union, or of those of one method."""

    name: str
    old: Property | None
    new: Property | None
    narrows: bool
    widens: bool
    old_object: ObjectSet
    new_object: ObjectSet


class ResultMatch(NamedTuple):
    """The same method whose response has another type."""

    old: Method
    new: Method


class PropertyMatch(NamedTuple):
    """A property of two matched objects; None where one does not declare it.

    `rejected`: the side that does not declare it rejects what the other sends under its name;
    `clashes`: what that side sends there as an undeclared property does not fit the declaration.
    """

    name: str
    old: Property | None
    new: Property | None
    old_object: ObjectSet
    new_object: ObjectSet
    rejected: bool = False
    clashes: bool = False


class NullMatch(NamedTuple):
    """A value that was or became nullable: exactly one of the two is true."""

    old: bool
    new: bool


class KindMatch(NamedTuple):
    """JSON kinds that only one version admits; `disjoint` when they share none, null aside."""

    old: ValueSet
    new: ValueSet
    lost: tuple[str, ...]
    gained: tuple[str, ...]
    disjoint: bool


class StringMatch(NamedTuple):
    """Two sets of strings; the object alternatives beside them tell what a value turned into."""

    old: StringSet
    new: StringSet
    old_objects: tuple[ObjectSet, ...] = ()
    new_objects: tuple[ObjectSet, ...] = ()


class OpenMatch(NamedTuple):
    """A catch-all (of `kind` string or object) that exactly one version has beside known values.

    `probe` is what only the open version sends; `absorbed` that the other takes it all the same.
    """

    kind: str
    opened: bool
    absorbed: bool
    probe: Probe


class LimitMatch(NamedTuple):
    """Values of one JSON kind on both sides with other limits (range, length, format)."""

    kind: str
    old: ValueSet
    new: ValueSet
    narrows: bool
    widens: bool


class KeywordMatch(NamedTuple):
    """A keyword that value sets do not know, with other content (None: absent) on the two sides."""

    keyword: str
    old: str | None
    new: str | None


class VariantMatch(NamedTuple):
    """An alternative that one version lacks.

    `name` is its tag, key, type or title; `split` says that the other version has one alternative
    where this one has several; `absorbed` that another alternative takes its values.
    """

    name: str
    old: ObjectSet | None
    new: ObjectSet | None
    split: bool
    absorbed: bool


class AdditionalMatch(NamedTuple):
    """Two matched objects that treat undeclared properties differently; what fits whom is computed."""

    old: ObjectSet
    new: ObjectSet
    old_treatment: str
    new_treatment: str
    narrows: bool
    widens: bool


class ReferenceMatch(NamedTuple):
    """The same place that refers to a type of another name."""

    old: str
    new: str


class TypeMatch(NamedTuple):
    """A type that one version lacks, or that moved between the namespaces (both are set)."""

    old: TypeDef | None
    new: TypeDef | None


class UseMatch(NamedTuple):
    """A type that messages can contain in exactly one of the versions."""

    old: bool
    new: bool


class StabilityMatch(NamedTuple):
    """A method, property, variant or type (`what`) that moved between stable and experimental."""

    what: str
    name: str
    old: Stability
    new: Stability


class TextMatch(NamedTuple):
    """A type, property or method whose description changed."""

    name: str
    old: str
    new: str


Match: TypeAlias = (
    MethodMatch
    | RenameMatch
    | ParamsMatch
    | EnvelopeMatch
    | ResultMatch
    | PropertyMatch
    | NullMatch
    | KindMatch
    | StringMatch
    | OpenMatch
    | LimitMatch
    | KeywordMatch
    | VariantMatch
    | AdditionalMatch
    | ReferenceMatch
    | TypeMatch
    | UseMatch
    | StabilityMatch
    | TextMatch
)
