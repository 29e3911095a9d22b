"""What a decoded message tells about the schema it was decoded with: drift notes.

Notes are not made while decoding but found in the value, which keeps everything: asking costs, not
decoding. They name places and rules, never values.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from pydantic import BaseModel, RootModel

from codexwire.finding import Level, RuleText
from codexwire.location import join_pointer
from codexwire.near import ALIKE, near_names
from codexwire.profiles.ids import differences
from codexwire.runtime.ids import given_member
from codexwire.runtime.keep import SELF, kept_of
from codexwire.runtime.model import CatchAllModel, OpenStrEnum, UnknownVariant
from codexwire.runtime.model_types import Object, model_shape
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
    start = (part,) if part else ()
    notes = (
        Note(method, join_pointer((*start, *spot.path)), str(spot.rule), spot.meant)
        for spot in _found(value, ())
    )
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
    for found in differences(method, value, part, given_member):
        other, read = (join_pointer((part, *path.split("."))) for path in (found.other, found.read))
        yield Note(method, other, str(Drift.ID_CONFLICT), read)


class _Spot(NamedTuple):
    """A place of a value, the rule that it is noted by, and the known property that may be meant."""

    path: tuple[str, ...]
    rule: str
    meant: str = ""


_Found = Iterator[_Spot]


def _found(value: Any, path: tuple[str, ...]) -> _Found:
    if isinstance(value, BaseModel):
        yield from _in_model(value, path)
    elif isinstance(value, UnknownValue):
        yield _Spot(path, Drift.UNFIT_VALUE)
    elif isinstance(value, OpenStrEnum):
        if value.is_unknown:
            yield _Spot(path, Drift.UNKNOWN_VALUE)
    elif isinstance(value, NoParams):
        if value.raw not in (None, {}):
            yield _Spot(path, Drift.UNEXPECTED_PARAMS)
    elif isinstance(value, (UnknownLine, UnknownNotification, UnknownRequest, UnknownResult)):
        if value.why:
            yield _Spot(path, value.why)
    elif isinstance(value, (list, dict)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _found(item, (*path, "*"))


def _in_model(model: BaseModel, path: tuple[str, ...]) -> _Found:
    kept = kept_of(model)
    yield from (_Spot(path + at, rule) for at, rule in (kept[SELF].marks if SELF in kept else ()))
    if isinstance(model, UnknownVariant):
        yield _Spot(path, Drift.UNKNOWN_VARIANT)
        return
    if isinstance(model, RootModel):
        marks = kept["root"].marks if "root" in kept else ()
        yield from (_Spot(path + at, rule) for at, rule in marks)
        yield from _found(model.root, path)
        return
    shape = model_shape(type(model))
    assert isinstance(shape, Object)
    for field in shape.fields:
        at = (*path, field.wire)
        if field.name in kept:
            yield from (_Spot(at + below, rule) for below, rule in kept[field.name].marks)
        value = model.__dict__[field.name]
        if not field.plain or field.name in kept:
            yield from _found(value, at)
    extra = model.__pydantic_extra__ or {}
    if extra and shape.extra is not None:
        yield from _found(extra, path)
    elif not isinstance(model, CatchAllModel):
        for key in extra:
            yield _Spot((*path, key), Drift.UNKNOWN_FIELD, _meant(key, type(model)))


@lru_cache(1 << 10)
def _meant(key: str, model: type[BaseModel]) -> str:
    """Return the property of a model that an unknown one is like, or an empty text."""
    shape = model_shape(model)
    known = [field.wire for field in shape.fields] if isinstance(shape, Object) else []
    return next(iter(near_names(key, known, like=ALIKE)), "")
