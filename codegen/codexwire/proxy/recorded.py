"""A recording as something to be played: who said what on which connection, and in answer to what."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from codexwire.direction import Side
from codexwire.runtime.lines import LineError, parse

__all__ = ["ID_NAME", "Act", "Said", "Scene", "Type", "act_type", "scenes", "thread_of"]

ID_NAME = re.compile(r"(?:.*[a-z0-9]I|.*_i|i)ds?")
"""Names of members that hold ids: `id`, `threadId`, `item_ids`."""

_OPTIONAL = frozenset({"initialized"})
_TURN_MARKS = frozenset(
    {"turn/started", "turn/completed", "codex/event/task_started", "codex/event/task_complete"}
)
"""The notifications that a client has to wait for before it goes on: the others may differ."""


class Type(StrEnum):
    """What a message is; `other` is no JSON-RPC."""

    REQUEST = "request"
    NOTIFICATION = "notification"
    RESULT = "result"
    ERROR = "error"
    OTHER = "other"

    @property
    def is_answer(self) -> bool:
        """Whether it answers a request."""
        return self in (Type.RESULT, Type.ERROR)


@dataclass(frozen=True, slots=True)
class Said:
    """One message of a recording; without `text`, the end of a connection, which `sender` ended."""

    line: int
    connection: str
    sender: Side
    text: bytes | None
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """One message to be played or awaited.

    `method` is that of the request for an answer, `asked` the place of that request in the scene.
    `lane` is the thread that it belongs to, None for the whole session; `gap` the seconds since the
    message before it.
    """

    line: int
    sender: Side
    text: bytes
    body: dict[str, Any]
    type: Type
    method: str = ""
    asked: int | None = None
    lane: str | None = None
    gap: float = 0.0

    @property
    def is_optional(self) -> bool:
        """Whether the session goes on without it."""
        return self.type is Type.NOTIFICATION and self.method in _OPTIONAL

    @property
    def is_awaited_of_server(self) -> bool:
        """Whether a client that plays its side waits for it."""
        return self.type is not Type.NOTIFICATION or self.method in _TURN_MARKS

    def __str__(self) -> str:
        """What it is, in words."""
        if self.type.is_answer:
            return f"the {self.sender}'s answer to {self.method}"
        return f"the {self.sender}'s {self.type} {self.method}".rstrip()


@dataclass(frozen=True, slots=True)
class Scene:
    """One connection from its beginning; `ended_by` is known if the recording goes on to its end."""

    acts: tuple[Act, ...]
    ended_by: Side | None = None


def scenes(messages: Iterable[Said]) -> dict[str, Scene]:
    """Return the connections of a recording in the order of their first messages.

    A connection whose name comes again after its end is another: `NAME#2`.
    """
    open_: dict[str, _Building] = {}
    begun: dict[str, _Building] = {}
    for said in messages:
        building = open_.get(said.connection)
        if said.text is None:
            if building is not None:
                building.ended_by = said.sender
                del open_[said.connection]
            continue
        if building is None:
            again = sum(name.split("#")[0] == said.connection for name in begun)
            name = f"{said.connection}#{again + 1}" if again else said.connection
            building = open_[said.connection] = begun[name] = _Building()
        building.add(said, said.text)
    return {name: Scene(tuple(b.acts), b.ended_by) for name, b in begun.items()}


class _Building:
    """A scene while it is read."""

    def __init__(self) -> None:
        self.acts: list[Act] = []
        self.ended_by: Side | None = None
        self._pending: dict[tuple[Side, str], deque[int]] = {}
        self._before: float | None = None

    def add(self, said: Said, text: bytes) -> None:
        body = _object(text)
        kind = act_type(body)
        method, asked = str(body.get("method", "")), None
        lane = thread_of(body)
        if kind.is_answer:
            waiting = self._pending.get((said.sender.other, repr(body.get("id"))))
            asked = waiting.popleft() if waiting else None
            if asked is not None:
                request = self.acts[asked]
                method, lane = request.method, request.lane or lane
        elif kind is Type.REQUEST:
            key = (said.sender, repr(body.get("id")))
            self._pending.setdefault(key, deque()).append(len(self.acts))
        gap = 0.0
        if said.seconds is not None:
            gap = max(0.0, said.seconds - self._before) if self._before is not None else 0.0
            self._before = said.seconds
        self.acts.append(Act(said.line, said.sender, text, body, kind, method, asked, lane, gap))


def act_type(body: dict[str, Any]) -> Type:
    """Return what a decoded message is."""
    if isinstance(body.get("method"), str):
        return Type.REQUEST if "id" in body else Type.NOTIFICATION
    if "id" in body and "error" in body:
        return Type.ERROR
    return Type.RESULT if "id" in body and "result" in body else Type.OTHER


def thread_of(body: dict[str, Any]) -> str | None:
    """Return the thread that a message is about, as far as it says so."""
    payload = body.get("params", body.get("result"))
    if not isinstance(payload, dict):
        return None
    nested = payload.get("thread")
    inner = nested.get("id") if isinstance(nested, dict) else None
    places = (payload.get("threadId"), inner, payload.get("conversationId"))
    return next((value for value in places if isinstance(value, str)), None)


def _object(text: bytes) -> dict[str, Any]:
    """Return the object that a text is; an empty one for anything else."""
    try:
        value = parse(text)
    except LineError:
        return {}
    return value if isinstance(value, dict) else {}
