"""The thread, turn, item and request that a message is about: where its ids stand.

Ids live in different places: `threadId`, `thread.id`, `conversationId`; and peers have been built on
others. One table of each protocol (in its profile) has all places, of every release; the first one that
holds an id decides, for everybody. For a method whose schema has an id somewhere, that place comes first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any, Generic, TypeAlias, TypeVar

from msgspec import Struct

from codexwire.model.message import request_id

__all__ = [
    "Contest",
    "Difference",
    "IdMatch",
    "IdPlace",
    "Identities",
    "Ids",
    "Member",
    "Standing",
]

T = TypeVar("T")

Member: TypeAlias = Callable[[Any, str], Any]
"""Returns the member of a value by its wire name; None where there is none."""


_Steps: TypeAlias = "tuple[tuple[str, str], ...]"
"""Places as steps: a member, and (unless empty) one inside it."""

_FEW = 32
"""Objects of more members than this are looked at member by member, each time."""


class Standing(IntEnum):
    """How good a place is.

    `published`: schemas have it; `peer`: a peer writes the id there; `guess`: what stands there may be
    another id, so that it is read only where nothing else is, and contradicts nothing.
    """

    PUBLISHED = 0
    PEER = 1
    GUESS = 2


class IdPlace(Struct, frozen=True):
    """A dotted path to an id, and the messages in which it is looked for.

    `methods` are names, or patterns such as `turn/*` (none: any method); `part` is `params` or
    `result`, empty for both.
    """

    path: str
    methods: tuple[str, ...] = ()
    part: str = ""
    standing: Standing = Standing.PUBLISHED

    def applies_to(self, method: str, part: str | None) -> bool:
        """Whether it is a place of messages of `method`; `part` None stands for either part."""
        if part is not None and self.part not in ("", part):
            return False
        return not self.methods or any(fnmatchcase(method, name) for name in self.methods)


@dataclass(frozen=True, slots=True)
class IdMatch(Generic[T]):
    """An id and the path at which it was found."""

    value: T
    path: str


Contest: TypeAlias = tuple[str, tuple[IdPlace, ...]]
"""A kind of id, and places that may hold different ones."""


class Ids(Struct, frozen=True, gc=False):
    """The thread, turn and item that a message is about; None where it does not say."""

    thread: str | None = None
    turn: str | None = None
    item: str | None = None


class Difference(Struct, frozen=True):
    """Two places of one id of a message that do not agree: the one that is read, and another."""

    kind: str
    read: str
    other: str


def _text(value: Any) -> str | None:
    """Return an id of a thread, turn, item or process; an empty one names nothing."""
    return value if type(value) is str and value else None


def _integer(value: Any) -> int | None:
    return value if type(value) is int else None


_READ: defaultdict[str, Callable[[Any], Any]] = defaultdict(
    lambda: _text, request=request_id, seq=_integer
)


_NOTHING = Ids()


def _of_mapping(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, Mapping) else None


@dataclass(frozen=True, slots=True, eq=False)
class Identities:
    """The places of the ids of a protocol's messages: kind of id → places, best first."""

    places_by_kind: Mapping[str, tuple[IdPlace, ...]]

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of ids that there are."""
        return tuple(self.places_by_kind)

    @lru_cache(maxsize=4096)  # noqa: B019 - there are few of these, and they live for ever
    def places(self, kind: str, method: str, part: str | None = None) -> tuple[IdPlace, ...]:
        """Return the places of one kind of id in messages of `method`, best first.

        `part` None stands for params or result, whichever there is.
        """
        found: dict[str, IdPlace] = {}
        for place in self.places_by_kind.get(kind, ()):
            if place.applies_to(method, part):
                found.setdefault(place.path, place)
        return tuple(found.values())

    def published_paths(self, kind: str, method: str, part: str) -> tuple[str, ...]:
        """Return the paths of the places that schemas have, best first."""
        found = self.places(kind, method, part)
        return tuple(place.path for place in found if place.standing is Standing.PUBLISHED)

    @lru_cache(maxsize=4096)  # noqa: B019 - as above
    def _steps(self, kind: str, method: str, part: str | None) -> _Steps:
        """Return the paths of `places` as steps."""
        paths = [place.path.partition(".") for place in self.places(kind, method, part)]
        return tuple((outer, inner) for outer, _, inner in paths)

    @lru_cache(maxsize=4096)  # noqa: B019 - as above
    def _steps_among(
        self, method: str, part: str | None, members: tuple[str, ...]
    ) -> tuple[_Steps, _Steps, _Steps]:
        """Return the steps to a thread, a turn and an item that begin at one of `members`."""
        thread, turn, item = (
            tuple(step for step in self._steps(kind, method, part) if step[0] in members)
            for kind in ("thread", "turn", "item")
        )
        return thread, turn, item

    def _steps_of_ids(
        self, method: str, payload: dict[str, Any], part: str | None
    ) -> tuple[_Steps, _Steps, _Steps]:
        members = (*payload,) if len(payload) <= _FEW else self._outer_in(payload)
        return self._steps_among(method, part, members)

    def _outer_in(self, payload: dict[str, Any]) -> tuple[str, ...]:
        places = (place for places in self.places_by_kind.values() for place in places)
        return tuple({place.path.partition(".")[0] for place in places} & payload.keys())

    def id_of(self, kind: str, method: str, payload: Any, part: str | None = None) -> Any:
        """Return one kind of id of a message of `method`, or None; never raises.

        `payload` is the decoded params or result, `part` says which of them it is.
        """
        if type(payload) is not dict:
            return None
        return _first(self._steps(kind, method, part), payload, _READ[kind])

    def ids_of(self, method: str, payload: Any, part: str | None = None) -> Ids:
        """Return the thread, turn and item that a message of `method` is about."""
        if type(payload) is not dict:
            return _NOTHING
        thread, turn, item = self._steps_of_ids(method, payload, part)
        return Ids(
            _first(thread, payload, _text),
            _first(turn, payload, _text),
            _first(item, payload, _text),
        )

    def subject(self, method: str, params: Any) -> tuple[str | None, str | None]:
        """Return the thread and the turn that a request or notification is about, each as `id_of` does."""
        if type(params) is not dict:
            return None, None
        thread_at, turn_at = self._best_members(method)
        thread, turn = params.get(thread_at), params.get(turn_at)  # nearly always there
        if type(thread) is str and type(turn) is str and thread and turn:
            return thread, turn
        threads, turns, _ = self._steps_of_ids(method, params, "params")
        return _first(threads, params, _text), _first(turns, params, _text)

    def members(self, kind: str, method: str) -> tuple[str | None, frozenset[str]]:
        """Return in which members of the params of `method` an id of a kind may be.

        The first is the best place, if that is a member itself and not inside one.
        """
        steps = self._steps(kind, method, "params")
        return _best_member(steps), frozenset(outer for outer, _ in steps)

    @lru_cache(maxsize=4096)  # noqa: B019 - as above
    def _best_members(self, method: str) -> tuple[str | None, str | None]:
        """Return for thread and turn the member that is the best place; None where it is no member."""
        return self.members("thread", method)[0], self.members("turn", method)[0]

    def find(
        self,
        kind: str,
        method: str,
        payload: Any,
        part: str | None = None,
        member: Member = _of_mapping,
    ) -> IdMatch[Any] | None:
        """Return what `id_of` does with the path of its place; `member` reads payloads of other types."""
        held = self._held(_READ[kind], self.places(kind, method, part), payload, member)
        return next((IdMatch(found, place.path) for place, found in held), None)

    @lru_cache(maxsize=4096)  # noqa: B019 - as above
    def contests(self, method: str, part: str | None = None) -> tuple[Contest, ...]:
        """Return the places where the ids of a message can differ from one another, by kind.

        Those are all but the guesses at the end, which contradict nothing.
        """
        found = []
        for kind in ("thread", "turn", "item"):
            places = self.places(kind, method, part)
            sure = [i for i, place in enumerate(places, 1) if place.standing is not Standing.GUESS]
            found.append((kind, places[: max(sure, default=0)]))
        return tuple(found)

    def differences(
        self,
        method: str,
        payload: Any,
        part: str | None = None,
        member: Member = _of_mapping,
        contests: Iterable[Contest] | None = None,
    ) -> Iterator[Difference]:
        """Yield the places of the ids of a message that say something else than the one that is read.

        `contests` are those of its places that the payload may have, where that is known.
        """
        for kind, places in self.contests(method, part) if contests is None else contests:
            held = self._held(_READ[kind], places, payload, member)
            first = next(held, None)
            for place, other in held:
                if first and other != first[1] and place.standing is not Standing.GUESS:
                    yield Difference(kind, first[0].path, place.path)

    def _held(
        self, read: Callable[[Any], Any], places: Iterable[IdPlace], payload: Any, member: Member
    ) -> Iterator[tuple[IdPlace, Any]]:
        """Yield every id that stands at one of the places, in their order."""
        for place in places:
            value = payload
            for step in place.path.split("."):
                value = member(value, step)
            if value is not None and (found := read(value)) is not None:
                yield place, found

    def rests(self, method: str, part: str, path: str) -> Iterator[tuple[str, str]]:
        """Yield the ids that have a published place at `path` or below: the kind, and the path from there."""
        for kind in self.kinds:
            for place in self.published_paths(kind, method, part):
                if place == path or place.startswith(f"{path}."):
                    yield kind, place[len(path) + 1 :]

    def is_id_place(self, method: str, part: str, path: str) -> bool:
        """Whether an id of a message of `method` may stand at `path`."""
        listed = (self.places(kind, method, part) for kind in self.kinds)
        return any(place.path == path for places in listed for place in places)


def _best_member(steps: _Steps) -> str | None:
    return next((None if inner else outer for outer, inner in steps[:1]), None)


def _first(steps: _Steps, payload: dict[str, Any], read: Callable[[Any], Any]) -> Any:
    """Return the first id at one of the places."""
    for outer, inner in steps:
        value = payload.get(outer)
        if inner and value is not None:
            value = value.get(inner) if type(value) is dict else None
        if value is not None and (found := read(value)) is not None:
            return found
    return None
