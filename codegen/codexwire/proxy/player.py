"""One side of a recorded connection, played against a live peer: what to send when, and what differs.

Nothing is read or written here. The order is that of the recording: a message goes out when all that
the peer had said before it has been heard. A peer that asks in another order is answered all the
same: an answer is due as soon as its request came, and what belongs to the thread of an early request
goes on while the rest of the session waits.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from msgspec import MsgspecError, Raw
from msgspec.json import Decoder, encode

from codexwire.direction import Side
from codexwire.proxy.json_text import rewrite_strings
from codexwire.proxy.live_ids import LiveIds, difference
from codexwire.proxy.recorded import Act, Scene, Type, act_type, thread_of
from codexwire.runtime.lines import LineError, parse

__all__ = ["Departure", "Player", "Turn"]

_decode = Decoder(dict[str, Raw]).decode


class Departure(Exception):  # noqa: N818 - not an error of ours
    """The peer does not do what it did in the recording; the text says where and how."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A message to send now, and the seconds to wait before where time is to pass as it did."""

    text: bytes
    gap: float


class Player:
    """Plays `side` of a scene. With `strict`, what the peer's messages say must be as recorded, too."""

    def __init__(self, scene: Scene, side: Side, name: str, *, strict: bool = False) -> None:
        self._acts = scene.acts
        self._side = side
        self._name = name
        self._strict = strict
        self._ids = LiveIds()
        self._left = {i: None for i, act in enumerate(self._acts) if self._counts(act)}
        self._expected: dict[tuple[bool, str], dict[int, None]] = {}
        for index in self._left:
            if self._acts[index].sender is not side:
                self._expected.setdefault(_key(self._acts[index].body), {})[index] = None
        self._heard: dict[int, bytes] = {}
        self._played: set[int] = set()
        self._ahead: set[str | None] = set()

    def _counts(self, act: Act) -> bool:
        """Whether an act is played or awaited at all."""
        if act.type.is_answer and act.asked is None:  # the recording begins after the question
            return False
        if act.sender is self._side:
            return True
        if act.type is Type.OTHER:
            return False
        return self._side is Side.SERVER or act.is_awaited_of_server

    @property
    def is_over(self) -> bool:
        """Whether everything has been played."""
        return not self._left

    def hear(self, text: bytes) -> None:
        """Take a message of the peer; Departure when it does not come in the recording.

        Notifications that do not are let pass, and so is what is no JSON-RPC.
        """
        try:
            body = parse(text)
        except LineError:
            return
        kind = act_type(body) if isinstance(body, dict) else Type.OTHER
        if kind is Type.OTHER:
            return
        found = self._answered(body) if kind.is_answer else self._asked(body, kind)
        if found is None:
            if kind is not Type.NOTIFICATION and not self._is_late(body, kind):
                raise Departure(f"{self.awaited()}; there came {self._in_words(body, kind)}")
            return
        act = self._acts[found]
        if kind is not act.type:
            raise Departure(
                f"{self._place(act)}: {act} was a{'n' * (act.type is Type.ERROR)} {act.type};"
                f" there came a{'n' * (kind is Type.ERROR)} {kind}"
            )
        self._compare(act, body)
        self._ids.bind(act.body, body)
        self._heard[found] = text
        del self._expected[_key(act.body)][found]

    def due(self) -> Iterator[Turn]:
        """Yield what is to be sent now, in order; the state moves on with each."""
        if not self._can_go_on():
            return
        waits, stopped = False, set[str | None]()
        for index in tuple(self._left):
            act = self._acts[index]
            if act.sender is not self._side:
                if index in self._heard:
                    self._pass(index)
                    if waits:
                        self._ahead.add(self._lane(act, index))
                elif act.is_optional and any(later > index for later in self._heard):
                    self._pass(index)
                else:
                    waits = True
                    stopped.add(act.lane)
                    if not self._ahead and self._heard.keys() <= self._played:
                        return  # nothing came early, so that nothing can go on
            elif self._is_due(act, waits, stopped):
                self._pass(index)
                yield Turn(self._lively(act), act.gap)

    def _can_go_on(self) -> bool:
        """Whether it is our turn, or the peer has said something that was not dealt with yet."""
        first = next(iter(self._left), None)
        return first is not None and (
            self._acts[first].sender is self._side
            or bool(self._ahead)
            or not self._heard.keys() <= self._played
        )

    def _is_due(self, act: Act, waits: bool, stopped: set[str | None]) -> bool:
        if act.asked is not None:
            return act.asked in self._played
        if not waits:
            return True
        return act.lane is not None and act.lane in self._ahead and act.lane not in stopped

    def _lane(self, act: Act, index: int) -> str | None:
        """Return the thread of a request, of one that begins a thread the one it began."""
        if act.lane is not None:
            return act.lane
        answers = (a.body for a in self._acts if a.asked == index)
        return next((thread_of(body) for body in answers), None)

    def _pass(self, index: int) -> None:
        del self._left[index]
        self._played.add(index)

    def _asked(self, body: dict[str, Any], kind: Type) -> int | None:
        """Return the place of the request or notification that the peer's is taken for."""
        fitting = [i for i in self._expected.get(_key(body), ()) if self._acts[i].type is kind]
        thread = thread_of(body)
        same = (i for i in fitting if self._ids.live(self._acts[i].lane) == thread)
        return next(same, fitting[0] if fitting else None)

    def _answered(self, body: dict[str, Any]) -> int | None:
        """Return the place of the answer that the peer's is taken for: by the id of our request."""
        waiting = self._expected.get(_key(body), ())
        return next((i for i in waiting if self._acts[i].asked in self._played), None)

    def _is_late(self, body: dict[str, Any], kind: Type) -> bool:
        """Whether it answers a request of ours whose answer the recording no longer has."""
        return kind.is_answer and any(
            self._acts[i].type is Type.REQUEST
            and self._acts[i].sender is self._side
            and repr(self._acts[i].body["id"]) == repr(body["id"])
            and not any(act.asked == i for act in self._acts)
            for i in self._played
        )

    def _compare(self, act: Act, body: dict[str, Any]) -> None:
        if not self._strict:
            return
        shape_only = self._side is Side.CLIENT
        pointer = difference(act.body, body, shape_only=shape_only)
        if pointer is not None:
            raise Departure(f"{self._place(act, pointer)}: {act} is not as recorded")

    def _lively(self, act: Act) -> bytes:
        """Return the text of an act with the ids of this session."""
        text = act.text
        if act.type is not Type.OTHER and self._ids:
            text = rewrite_strings(
                text.decode("utf-8"), self._ids.member, lambda key: self._ids.live(key) or key
            ).encode()
        asked = self._heard.get(act.asked) if act.asked is not None else None
        return text if asked is None else _with_id(text, _members(asked)["id"])

    def left(self) -> str | None:
        """Return what has not been played although it mattered, in words; None for nothing.

        Notifications that we would have sent do not matter.
        """
        rest = [self._acts[i] for i in self._left]
        needed = [a for a in rest if a.type is not Type.NOTIFICATION or a.sender is not self._side]
        needed = [a for a in needed if not a.is_optional and a.type is not Type.OTHER]
        if not needed:
            return None
        first = needed[0]
        return (
            f"{len(needed)} recorded messages were left, the first: {first} ({self._place(first)})"
        )

    def awaited(self) -> str:
        """Return what is waited for, in words."""
        waiting = (self._acts[i] for i in self._left if i not in self._heard)
        act = next((a for a in waiting if a.sender is not self._side and not a.is_optional), None)
        if act is None:
            return f"{self._name}: nothing more was recorded of the {self._side.other}"
        return f"{self._place(act)}: awaited {act}"

    def _place(self, act: Act, pointer: str = "") -> str:
        return f"{self._name}:{act.line}" + (f"#{pointer}" if pointer else "")

    def _in_words(self, body: dict[str, Any], kind: Type) -> str:
        if kind.is_answer:
            return f"an answer (a{'n' * (kind is Type.ERROR)} {kind}) to nothing that was asked"
        return f"the {kind} {body['method']}"


def _key(body: dict[str, Any]) -> tuple[bool, str]:
    """Return what a message can be found by: its method, or the id of the request it answers."""
    method = body.get("method")
    return (True, method) if isinstance(method, str) else (False, repr(body.get("id")))


def _members(text: bytes) -> dict[str, bytes]:
    """Return the members of an object as JSON texts: as written, or where that cannot be, anew."""
    try:
        return {name: bytes(value) for name, value in _decode(text).items()}
    except (MsgspecError, RecursionError):  # lone surrogates are JSON all the same
        return {name: json.dumps(value).encode() for name, value in parse(text).items()}


def _with_id(text: bytes, rid: bytes) -> bytes:
    """Return an answer with another id, which is JSON text."""
    members = {**_members(text), "id": rid}
    return b"{%b}" % b",".join(b"%b:%b" % (encode(name), value) for name, value in members.items())
