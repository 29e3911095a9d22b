"""What a decoded message tells about the schema it was decoded with: drift notes.

Notes are not made while decoding but found in the value, which keeps everything: asking costs, not
decoding. They name places and rules, never values.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias

from pydantic import BaseModel, RootModel

from codexwire.finding import Level, RuleText
from codexwire.location import join_pointer
from codexwire.model.identity import Contest
from codexwire.model.spelling import field_name
from codexwire.near import ALIKE, near_names
from codexwire.profiles.ids import contests, differences
from codexwire.runtime.ids import given_member
from codexwire.runtime.keep import SELF, kept_of
from codexwire.runtime.model import CatchAllModel, OpenStrEnum, UnknownVariant
from codexwire.runtime.model_types import ModelObject, model_shape
from codexwire.runtime.sources import source_of
from codexwire.runtime.tolerance.table import RULES
from codexwire.runtime.unknown import (
    Drift,
    NoParams,
    UnknownLine,
    UnknownNotification,
    UnknownRequest,
    UnknownResult,
    UnknownValue,
)

__all__ = ["DRIFT", "TITLES", "DriftReport", "Note", "drift_notes"]

_KINDS = {
    Drift.ID_CONFLICT: (
        "Another id than in the place that is read.",
        "Two places of a message hold an id of its thread, turn or item, and differ; both are named.",
    ),
    Drift.MISSING_FIELD: (
        "A required property is absent and reads as None.",
        "No tolerance rule has a value for it.",
    ),
    Drift.NULL_VALUE: ("Null where the schema admits none.", "It reads as None."),
    Drift.REPEATED_KEY: (
        "A key that comes more than once in an object.",
        "The first value is read; `dump` writes all of them again.",
    ),
    Drift.UNEXPECTED_PARAMS: (
        "Params for a method that has none, kept raw.",
        "They are in the attribute `raw` of what was decoded.",
    ),
    Drift.UNFIT_VALUE: (
        "A value of another type, kept raw.",
        "It is an `UnknownValue`; the message around it is typed.",
    ),
    Drift.UNKNOWN_FIELD: (
        "A property that the schema does not have.",
        "It is kept, and written again by `dump`.",
    ),
    Drift.UNKNOWN_METHOD: (
        "A method that the schema does not have, kept raw.",
        "It is an `UnknownNotification`, `UnknownRequest` or `UnknownResult`.",
    ),
    Drift.UNKNOWN_VALUE: (
        "An enum value that the schema does not have.",
        "It is a member of the enum all the same, whose `is_unknown` is true.",
    ),
    Drift.UNKNOWN_VARIANT: (
        "A variant that the schema does not have, kept raw.",
        "It is an `UnknownVariant`; the message around it is typed.",
    ),
}

DRIFT = tuple(RuleText(kind, Level.WARNING, *words) for kind, words in _KINDS.items())
"""The kinds of drift that need no tolerance rule."""

TITLES = {rule.id: rule.title for rule in DRIFT} | {rule.id: rule.title for rule in RULES}
"""What each rule of a note means, in one sentence."""


@dataclass(frozen=True, slots=True, order=True)
class Note:
    """One kind of drift at one place.

    `rule` is the id of a tolerance rule or one of `Drift`; `pointer` is the JSON pointer in the
    message, with `*` for indices of arrays and keys of maps; `other` is what a note is about, too: the
    place that is read where two places of an id differ, the property that an unknown one is like.
    """

    method: str
    pointer: str
    rule: str
    other: str = ""

    @property
    def message(self) -> str:
        """One sentence about the rule; it names no value."""
        sentence = TITLES[self.rule]
        if not self.other:
            return sentence
        if self.rule == Drift.UNKNOWN_FIELD:
            return f"{sentence[:-1]}; did you mean {self.other!r}?"
        return f"{sentence[:-1]}: {self.other}."


def drift_notes(value: Any, *, method: str = "", part: str | None = None) -> tuple[Note, ...]:
    """Return the drift of one decoded value, in order of appearance, repeats included.

    `method` and `part` (`params` or `result`, empty for a line) say what was decoded; they only appear in
    the notes. Without them it is what the value's type tells: a model that several methods share names
    none.
    """
    known_method, known_part = source_of(value)
    method, part = str(method or known_method), known_part if part is None else part
    spots: list[_Spot] = []
    _find(value, (part,) if part else (), spots)
    notes = (Note(method, join_pointer(s.path), str(s.rule), s.meant) for s in spots)
    return (*notes, *(_conflicts(value, method, part) if part else ()))


class DriftReport:
    """Drift of many messages: each note once, with its count."""

    def __init__(self) -> None:
        self._counts: Counter[Note] = Counter()

    def add(self, value: Any, *, method: str = "", part: str = "params") -> None:
        """Count the notes of one decoded value."""
        self._counts.update(drift_notes(value, method=method, part=part))

    def counts(self) -> list[tuple[Note, int]]:
        """Return the notes with their counts, ordered by method, pointer and rule."""
        return sorted(self._counts.items())

    def __bool__(self) -> bool:
        return bool(self._counts)


def _conflicts(value: Any, method: str, part: str) -> Iterator[Note]:
    """Yield a note for each place of an id of the message that differs from the one that is read."""
    among = None
    if _FINDERS[type(value)] is _in_model and not value.__pydantic_extra__:
        among = _contests(method, part, frozenset(value.__pydantic_fields_set__))
    for found in differences(method, value, part, given_member, among):
        other, read = (join_pointer((part, *path.split("."))) for path in (found.other, found.read))
        yield Note(method, other, str(Drift.ID_CONFLICT), read)


@lru_cache(1 << 12)
def _contests(method: str, part: str, given: frozenset[str]) -> tuple[Contest, ...]:
    """Return the places of ids that can differ in a model that was given these fields, and no others."""
    found = []
    for kind, places in contests(method, part):
        paths = {place: place.path.split(".") for place in places}
        held = [p for p, (at, *_) in paths.items() if at in given or field_name(at) in given]
        if len({tuple(map(field_name, paths[place])) for place in held}) > 1:
            found.append((kind, tuple(held)))
    return tuple(found)


class _Spot(NamedTuple):
    """A place of a value, the rule that it is noted by, and the known property that may be meant."""

    path: tuple[str, ...]
    rule: str
    meant: str = ""


_Finder: TypeAlias = Callable[[Any, tuple[str, ...], list[_Spot]], None]


def _find(value: Any, path: tuple[str, ...], spots: list[_Spot]) -> None:
    """Add the places of a value at which something is to be noted."""
    finder = _FINDERS[type(value)]
    if finder is not None:
        finder(value, path, spots)


def _in_variant(model: UnknownVariant, path: tuple[str, ...], spots: list[_Spot]) -> None:
    _in_kept(model, SELF, path, spots)
    spots.append(_Spot(path, Drift.UNKNOWN_VARIANT))


def _in_root(model: RootModel[Any], path: tuple[str, ...], spots: list[_Spot]) -> None:
    _in_kept(model, SELF, path, spots)
    _in_kept(model, "root", path, spots)
    _find(model.root, path, spots)


def _in_model(model: BaseModel, path: tuple[str, ...], spots: list[_Spot]) -> None:
    kept = kept_of(model)
    _in_kept(model, SELF, path, spots)
    shape = model_shape(type(model))
    assert isinstance(shape, ModelObject)
    for field in shape.fields if kept else shape.nested:
        at = (*path, field.wire)
        if kept:
            _in_kept(model, field.name, at, spots)
        if not field.plain or field.name in kept:
            _find(model.__dict__[field.name], at, spots)
    extra = model.__pydantic_extra__
    if extra and shape.extra is not None:
        _find(extra, path, spots)
    elif extra and not isinstance(model, CatchAllModel):
        for key in extra:
            spots.append(_Spot((*path, key), Drift.UNKNOWN_FIELD, _meant(key, type(model))))


def _in_kept(model: BaseModel, name: str, path: tuple[str, ...], spots: list[_Spot]) -> None:
    kept = kept_of(model)
    if name in kept:
        spots.extend(_Spot(path + at, rule) for at, rule in kept[name].marks)


def _in_enum(value: OpenStrEnum, path: tuple[str, ...], spots: list[_Spot]) -> None:
    if value.is_unknown:
        spots.append(_Spot(path, Drift.UNKNOWN_VALUE))


def _in_list(value: list[Any], path: tuple[str, ...], spots: list[_Spot]) -> None:
    for item in value:
        _find(item, (*path, "*"), spots)


def _in_map(value: dict[str, Any], path: tuple[str, ...], spots: list[_Spot]) -> None:
    _in_list([*value.values()], path, spots)


def _unfit(_: UnknownValue, path: tuple[str, ...], spots: list[_Spot]) -> None:
    spots.append(_Spot(path, Drift.UNFIT_VALUE))


def _unexpected(value: NoParams, path: tuple[str, ...], spots: list[_Spot]) -> None:
    if value.raw not in (None, {}):
        spots.append(_Spot(path, Drift.UNEXPECTED_PARAMS))


def _unknown(value: Any, path: tuple[str, ...], spots: list[_Spot]) -> None:
    if value.why:
        spots.append(_Spot(path, value.why))


class _Finders(dict[type, "_Finder | None"]):
    """What finds the drift in values of a class: what does in those of its nearest base, if any."""

    def __missing__(self, cls: type) -> _Finder | None:
        self[cls] = next((self[base] for base in cls.__mro__[1:] if base in self), None)
        return self[cls]


_FINDERS = _Finders(
    {
        BaseModel: _in_model,
        RootModel: _in_root,
        UnknownVariant: _in_variant,
        UnknownValue: _unfit,
        OpenStrEnum: _in_enum,
        NoParams: _unexpected,
        UnknownLine: _unknown,
        UnknownNotification: _unknown,
        UnknownRequest: _unknown,
        UnknownResult: _unknown,
        list: _in_list,
        dict: _in_map,
    }
)


@lru_cache(1 << 10)
def _meant(key: str, model: type[BaseModel]) -> str:
    """Return the property of a model that an unknown one is like, or an empty text."""
    shape = model_shape(model)
    known = [field.wire for field in shape.fields] if isinstance(shape, ModelObject) else []
    return next(iter(near_names(key, known, like=ALIKE)), "")
