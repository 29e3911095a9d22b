"""A recording as something to be played: who said what on which connection, and in answer to what."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from codexwire.direction import Side
from codexwire.model.exchange import Exchange
from codexwire.model.message import MessageKind, RequestId, kind_of, parse_object, request_id
from codexwire.profiles.ids import id_of
from codexwire.profiles.table import PROFILES

__all__ = ["ID_NAME", "Act", "Said", "Scene", "scenes"]

ID_NAME = re.compile(r"(?:.*[a-z0-9]I|.*_i|i)ds?")
"""Names of members that hold ids: `id`, `threadId`, `item_ids`."""

_OPTIONAL = frozenset({"initialized"})
_TURN_MARKS = frozenset().union(*(profile.awaited for profile in PROFILES))
"""The notifications that a client has to wait for before it goes on: the others may differ."""


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
    """One message to be played or awaited; `id` is its request id, None when it has none.

    `method` is that of the request for an answer, `asked` the place of that request in the scene.
    `lane` is the thread that it belongs to, None for the whole session; `gap` the seconds since the
    message before it.
    """

    line: int
    sender: Side
    text: bytes
    body: dict[str, Any]
    kind: MessageKind
    method: str = ""
    id: RequestId | None = None
    asked: int | None = None
    lane: str | None = None
    gap: float = 0.0

    @property
    def is_optional(self) -> bool:
        """Whether the session goes on without it."""
        return self.kind is MessageKind.NOTIFICATION and self.method in _OPTIONAL

    @property
    def is_awaited_of_server(self) -> bool:
        """Whether a client that plays its side waits for it."""
        return self.kind is not MessageKind.NOTIFICATION or self.method in _TURN_MARKS

    def __str__(self) -> str:
        """What it is, in words."""
        if self.kind.is_answer:
            return f"the {self.sender}'s answer to {self.method}"
        return f"the {self.sender}'s {self.kind} {self.method}".rstrip()


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
        self._requests: Exchange[tuple[Side, RequestId], int] = Exchange()
        self._before: float | None = None

    def add(self, said: Said, text: bytes) -> None:
        body = parse_object(text) or {}
        kind, rid = kind_of(body), request_id(body.get("id"))
        method, asked = str(body.get("method", "")), None
        if kind.is_answer:
            asked = None if rid is None else self._requests.take((said.sender.other, rid))
            method = "" if asked is None else self.acts[asked].method
        elif kind is MessageKind.REQUEST and rid is not None:
            self._requests.ask((said.sender, rid), len(self.acts))
        part = "result" if kind.is_answer else "params"
        lane = id_of("thread", method, body.get(part), part)
        if asked is not None:
            lane = self.acts[asked].lane or lane
        gap = 0.0
        if said.seconds is not None:
            gap = max(0.0, said.seconds - self._before) if self._before is not None else 0.0
            self._before = said.seconds
        act = Act(said.line, said.sender, text, body, kind, method, rid, asked, lane, gap)
        self.acts.append(act)
