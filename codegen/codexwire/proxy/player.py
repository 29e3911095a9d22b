"""Plays one side of a recorded connection against a live peer: what to send when, and what differs.

Nothing is read or written here. The order is that of the recording: a message goes out when all that
the peer had said before it has been heard. A peer that asks in another order is answered all the
same: an answer is due as soon as its request came, and what belongs to the thread of an early request
goes on while the rest of the session waits.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from msgspec import MsgspecError, Raw
from msgspec.json import Decoder, encode

from codexwire.direction import Side
from codexwire.model.message import (
    Json,
    MessageKind,
    RequestId,
    kind_of,
    parse,
    parse_object,
    request_id,
)
from codexwire.profiles.ids import id_of
from codexwire.proxy.json_text import rewrite_strings
from codexwire.proxy.live_ids import LiveIds, difference
from codexwire.proxy.recorded import RecordedConnection, RecordedStep

__all__ = ["Divergence", "NextMessage", "Player"]

_decode = Decoder(dict[str, Raw]).decode


class Divergence(Exception):  # noqa: N818 - not an error of ours
    """The peer does not do what it did in the recording; the text says where and how."""


@dataclass(frozen=True, slots=True)
class NextMessage:
    """A message to send now, and the seconds to wait before where time is to pass as it did."""

    text: bytes
    delay: float


class Player:
    """Plays `side` of a connection. With `strict`, what the peer's messages say must be as recorded, too."""

    def __init__(
        self, connection: RecordedConnection, side: Side, name: str, *, strict: bool = False
    ) -> None:
        self._steps = connection.steps
        self._side = side
        self._name = name
        self._strict = strict
        self._ids = LiveIds()
        self._left = {i: None for i, step in enumerate(self._steps) if self._counts(step)}
        self._expected: dict[_Key, dict[int, None]] = {}
        for index in self._left:
            if self._steps[index].sender is not side:
                self._expected.setdefault(_key(self._steps[index].body), {})[index] = None
        self._heard: dict[int, bytes] = {}
        self._played: set[int] = set()
        self._ahead: set[str | None] = set()

    def _counts(self, step: RecordedStep) -> bool:
        """Whether a step is played or awaited at all."""
        answers_nothing = step.kind.is_answer and step.asked is None
        if step.sender is self._side:  # the recording may begin after the question
            return not (answers_nothing and "id" in step.body)
        if step.kind is MessageKind.OTHER or answers_nothing:
            return False
        return self._side is Side.SERVER or step.is_awaited_of_server

    @property
    def is_over(self) -> bool:
        """Whether everything has been played."""
        return not self._left

    def hear(self, text: bytes) -> None:
        """Take a message of the peer; Divergence when it does not come in the recording.

        Notifications that do not are ignored, and so is what is no JSON-RPC.
        """
        body = parse_object(text) or {}
        kind = kind_of(body)
        if kind is MessageKind.OTHER or (kind.is_answer and "id" not in body):
            return
        found = self._answered(body) if kind.is_answer else self._asked(body, kind)
        if found is None:
            if kind is not MessageKind.NOTIFICATION and not self._is_late(body, kind):
                raise Divergence(f"{self.awaited()}; there came {self._in_words(body, kind)}")
            return
        step = self._steps[found]
        if kind is not step.kind:
            raise Divergence(
                f"{self._place(step)}: {step} was {_a(step.kind)}; there came {_a(kind)}"
            )
        self._compare(step, body)
        self._ids.bind(step.body, body, step.method)
        self._heard[found] = text
        del self._expected[_key(step.body)][found]

    def due(self) -> Iterator[NextMessage]:
        """Yield what is to be sent now, in order; the state moves on with each."""
        if not self._can_go_on():
            return
        waits, stopped = False, set[str | None]()
        for index in tuple(self._left):
            step = self._steps[index]
            if step.sender is not self._side:
                if index in self._heard:
                    self._pass(index)
                    if waits:
                        self._ahead.add(self._thread(step, index))
                elif step.is_optional and any(later > index for later in self._heard):
                    self._pass(index)
                else:
                    waits = True
                    stopped.add(step.thread_id)
                    if not self._ahead and self._heard.keys() <= self._played:
                        return  # nothing came early, so that nothing can go on
            elif self._is_due(step, waits, stopped):
                self._pass(index)
                yield NextMessage(self._lively(step), step.delay)

    def _can_go_on(self) -> bool:
        """Whether it is our turn, or the peer has said something that was not dealt with yet."""
        first = next(iter(self._left), None)
        return first is not None and (
            self._steps[first].sender is self._side
            or bool(self._ahead)
            or not self._heard.keys() <= self._played
        )

    def _is_due(self, step: RecordedStep, waits: bool, stopped: set[str | None]) -> bool:
        if step.asked is not None:
            return step.asked in self._played
        if not waits:
            return True
        return (
            step.thread_id is not None
            and step.thread_id in self._ahead
            and step.thread_id not in stopped
        )

    def _thread(self, step: RecordedStep, index: int) -> str | None:
        """Return the request's thread id; for `thread/start`, the id of the thread that it created."""
        if step.thread_id is not None:
            return step.thread_id
        return next((a.thread_id for a in self._steps if a.asked == index), None)

    def _pass(self, index: int) -> None:
        del self._left[index]
        self._played.add(index)

    def _asked(self, body: Json, kind: MessageKind) -> int | None:
        """Return the place of the request or notification that the peer's is taken for."""
        fitting = [i for i in self._expected.get(_key(body), ()) if self._steps[i].kind is kind]
        thread = id_of("thread", body["method"], body.get("params"), "params")
        same = (i for i in fitting if self._ids.live(self._steps[i].thread_id) == thread)
        return next(same, fitting[0] if fitting else None)

    def _answered(self, body: Json) -> int | None:
        """Return the place of the answer that the peer's is taken for: by the id of our request."""
        waiting = self._expected.get(_key(body), ())
        return next((i for i in waiting if self._steps[i].asked in self._played), None)

    def _is_late(self, body: Json, kind: MessageKind) -> bool:
        """Whether it answers a request of ours whose answer the recording no longer has."""
        rid = request_id(body.get("id"))
        return kind.is_answer and any(
            self._steps[i].kind is MessageKind.REQUEST
            and self._steps[i].sender is self._side
            and self._steps[i].id == rid
            and not any(step.asked == i for step in self._steps)
            for i in self._played
        )

    def _compare(self, step: RecordedStep, body: Json) -> None:
        if not self._strict:
            return
        shape_only = self._side is Side.CLIENT
        pointer = difference(step.body, body, shape_only=shape_only)
        if pointer is not None:
            raise Divergence(f"{self._place(step, pointer)}: {step} is not as recorded")

    def _lively(self, step: RecordedStep) -> bytes:
        """Return the text of a step with the ids of this session."""
        text = step.text
        if step.kind is not MessageKind.OTHER and self._ids:
            text = rewrite_strings(
                text.decode("utf-8"), self._ids.member, lambda key: self._ids.live(key) or key
            ).encode()
        asked = self._heard.get(step.asked) if step.asked is not None else None
        return text if asked is None else _with_id(text, _members(asked)["id"])

    def left(self) -> str | None:
        """Return what has not been played although it mattered, in words; None for nothing.

        Notifications that we would have sent do not matter.
        """
        rest = [self._steps[i] for i in self._left]
        said = MessageKind.NOTIFICATION
        needed = [a for a in rest if a.kind is not said or a.sender is not self._side]
        needed = [a for a in needed if not a.is_optional and a.kind is not MessageKind.OTHER]
        if not needed:
            return None
        first = needed[0]
        return (
            f"{len(needed)} recorded messages were left, the first: {first} ({self._place(first)})"
        )

    def awaited(self) -> str:
        """Return what is waited for, in words."""
        waiting = (self._steps[i] for i in self._left if i not in self._heard)
        step = next((a for a in waiting if a.sender is not self._side and not a.is_optional), None)
        if step is None:
            return f"{self._name}: nothing more was recorded of the {self._side.other}"
        return f"{self._place(step)}: awaited {step}"

    def _place(self, step: RecordedStep, pointer: str = "") -> str:
        return f"{self._name}:{step.line}" + (f"#{pointer}" if pointer else "")

    def _in_words(self, body: Json, kind: MessageKind) -> str:
        if kind.is_answer:
            return f"an answer ({_a(kind)}) to nothing that was asked"
        return f"the {kind} {body['method']}"


_Key: TypeAlias = "tuple[bool, RequestId | None]"


def _key(body: Json) -> _Key:
    """Return what a message can be found by: its method, or the id of the request it answers."""
    method = body.get("method")
    return (True, method) if isinstance(method, str) else (False, request_id(body.get("id")))


def _a(kind: MessageKind) -> str:
    """Return the kind with its article; what a response has is a result."""
    words = {MessageKind.ERROR: "an error", MessageKind.RESPONSE: "a result"}
    return words.get(kind, f"a {kind}")


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
