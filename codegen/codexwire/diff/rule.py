"""What a diff rule is, and what it says about a match."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from string import Formatter
from typing import Any, NamedTuple, TypeAlias

from msgspec import Struct

from codexwire.diff.value_set import ObjectSet, ValueSet
from codexwire.direction import Side
from codexwire.finding import Level
from codexwire.ir.model import Method

__all__ = [
    "SILENT",
    "About",
    "Change",
    "Constant",
    "Effect",
    "Harmless",
    "KindSample",
    "Levels",
    "MessageSample",
    "ObjectSample",
    "Probe",
    "PropertySample",
    "Rule",
    "Skew",
    "UndeclaredSample",
    "effect_of",
]


class Skew(StrEnum):
    """Which of the two sides has been upgraded."""

    OLD_CLIENT = "old_client_new_server"
    NEW_CLIENT = "new_client_old_server"


class Effect(StrEnum):
    """What a change does to the set of valid values.

    `narrows`: a value that was valid may no longer be; `widens`: the reverse; `incomparable`: both.
    """

    NONE = "none"
    NARROWS = "narrows"
    WIDENS = "widens"
    INCOMPARABLE = "incomparable"

    @property
    def narrows(self) -> bool:
        """Whether a value of the old version may be invalid in the new one."""
        return self in (Effect.NARROWS, Effect.INCOMPARABLE)

    @property
    def widens(self) -> bool:
        """Whether a value of the new version may be invalid in the old one."""
        return self in (Effect.WIDENS, Effect.INCOMPARABLE)


def effect_of(*, narrows: bool, widens: bool) -> Effect:
    """Return the effect that does exactly this."""
    if narrows:
        return Effect.INCOMPARABLE if widens else Effect.NARROWS
    return Effect.WIDENS if widens else Effect.NONE


class Constant(NamedTuple):
    """A probe: this value, at the place of the match."""

    value: Any


class ObjectSample(NamedTuple):
    """A probe: the smallest object of this alternative, with the `include`d optional properties."""

    value_set: ObjectSet
    include: tuple[str, ...] = ()


class KindSample(NamedTuple):
    """A probe: the smallest value of one JSON kind of `value_set` that `other` does not take."""

    value_set: ValueSet
    kind: str
    other: ValueSet


class UndeclaredSample(NamedTuple):
    """A probe: the smallest object of this alternative, with a property that it does not declare."""

    value_set: ObjectSet


class PropertySample(NamedTuple):
    """A probe: the smallest object of this alternative, with a probe's value under `name`."""

    value_set: ObjectSet
    name: str
    value: Any


class MessageSample(NamedTuple):
    """A probe: the smallest message of a method."""

    method: Method


Probe: TypeAlias = (
    "Constant | ObjectSample | PropertySample | KindSample | UndeclaredSample | MessageSample"
)


class Change(Struct, frozen=True):
    """What a rule found in a match.

    `old` and `new` are short texts of what stood there. `key` tells apart what several changes of one
    rule at one place are about (an enum value, a variant). `narrow` and `widen` are what the old or the
    new version may send and the other should reject. `total` says that the new version can send nothing
    else, so that a widening is no matter of choice. `level` is how serious the change is for an old client
    whatever the messages say.
    """

    effect: Effect
    old: str | None
    new: str | None
    key: str = ""
    narrow: Probe | None = None
    widen: Probe | None = None
    total: bool = False
    note: str = ""
    level: Level = Level.INFO


class Levels(Struct, frozen=True):
    """How serious a break is, by who sends the value: (old client ↔ new server, new ↔ old).

    Where nothing breaks the level is info, unless `advisory` names one for a sender and skew.
    """

    client: tuple[Level, Level]
    server: tuple[Level, Level]
    advisory: tuple[tuple[Side, Skew, Level], ...] = ()

    @property
    def worst(self) -> Level:
        """The gravest level that the rule can have."""
        levels = (*self.client, *self.server, *(level for _, _, level in self.advisory))
        return min(levels, key=lambda level: level.rank)

    def of(self, sender: Side, skew: Skew, *, breaks: bool) -> Level:
        """Return the level of a change in what `sender` sends, for one skew."""
        if breaks:
            return (self.client if sender is Side.CLIENT else self.server)[skew is Skew.NEW_CLIENT]
        for side, when, level in self.advisory:
            if (side, when) == (sender, skew):
                return level
        return Level.INFO


SILENT = Levels(client=(Level.INFO, Level.INFO), server=(Level.INFO, Level.INFO))
"""Never more than information."""


class About(StrEnum):
    """What the changes of a rule are about: a place, a value there (`Change.key`), or a variant there."""

    PLACE = "place"
    VALUE = "value"
    VARIANT = "variant"


class Harmless(StrEnum):
    """Where a changelog lists the changes of a rule that break nothing; `NOT`: it leaves them out."""

    NEW = "new"
    GONE = "gone"
    OTHER = "other"
    NOT = "not"


_NAMES = ("key", "method", "new", "old", "path", "type", "where")


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of change: stable id, one sentence, the match it looks at, levels, one function.

    `words` is the sentence of its findings, without a full stop, in which stand `{where}` (type and
    path), `{type}`, `{path}`, `{method}`, `{key}`, `{old}` and `{new}`; ValueError for any other name.
    `check` neither walks nor locates: it gets a match of the class `on` and yields what it finds.
    """

    id: str
    title: str
    words: str
    on: type
    levels: Levels
    check: Callable[[Any], Iterator[Change]]
    about: About = About.PLACE
    harmless: Harmless = Harmless.OTHER

    def __post_init__(self) -> None:
        named = {name for _, name, _, _ in Formatter().parse(self.words) if name is not None}
        if not self.words or not named.issubset(_NAMES):
            raise ValueError(f"{self.id}: the sentence {self.words!r} needs {', '.join(_NAMES)}")

    def sentence(
        self, change: Change, type: str, path: str, methods: Sequence[str], *, quote: str = ""
    ) -> str:
        """Return what a change at a path of a type means, names between `quote` characters."""

        def name(text: str) -> str:
            return f"{quote}{text}{quote}" if text else ""

        joined = f"{type} {path}" if path[:1] not in ".<[{=" else type + path
        return self.words.format(
            path=name(path),
            where=name(joined),
            type=name(type),
            method=name(methods[0] if methods else type),
            key=name(change.key),
            old=change.old or "absent",
            new=change.new or "absent",
        )

    def brief(self, change: Change, path: str) -> str:
        """Return the path inside the type and what was and is there, in one line."""
        place = f"{path}<{change.key}>" if self.about is About.VARIANT else path
        texts = [text for text in (change.old, change.new) if text is not None]
        return f"{place}  {' → '.join(texts)}".strip()
