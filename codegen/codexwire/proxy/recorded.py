"""Reads a recording to play it: who sent what on which connection, and in answer to what."""

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

__all__ = [
    "ID_NAME",
    "RecordedConnection",
    "RecordedMessage",
    "RecordedStep",
    "recorded_connections",
]

ID_NAME = re.compile(r"(?:.*[a-z0-9]I|.*_i|i)ds?")
"""Names of members that hold ids: `id`, `threadId`, `item_ids`."""

_OPTIONAL = frozenset({"initialized"})
_TURN_MARKS = frozenset().union(*(profile.awaited for profile in PROFILES))
"""The notifications that a client has to wait for before it goes on: the others may differ."""


@dataclass(frozen=True, slots=True)
class RecordedMessage:
    """One message of a recording; without `text`, the end of a connection, which `sender` ended."""

    line: int
    connection: str
    sender: Side
    text: bytes | None
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class RecordedStep:
    """One message to be played or awaited; `id` is its request id, None when it has none.

    `method` is that of the request for an answer, `asked` the place of that request in the connection.
    `thread_id` is the thread that it belongs to, None for the whole session; `delay` the seconds since the
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
    thread_id: str | None = None
    delay: float = 0.0

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
class RecordedConnection:
    """One connection from its beginning; `ended_by` is known if the recording goes on to its end."""

    steps: tuple[RecordedStep, ...]
    ended_by: Side | None = None


def recorded_connections(messages: Iterable[RecordedMessage]) -> dict[str, RecordedConnection]:
    """Return the connections of a recording in the order of their first messages.

    A connection whose name comes again after its end is another: `NAME#2`.
    """
    open_: dict[str, _Building] = {}
    begun: dict[str, _Building] = {}
    for message in messages:
        building = open_.get(message.connection)
        if message.text is None:
            if building is not None:
                building.ended_by = message.sender
                del open_[message.connection]
            continue
        if building is None:
            again = sum(name.split("#")[0] == message.connection for name in begun)
            name = f"{message.connection}#{again + 1}" if again else message.connection
            building = open_[message.connection] = begun[name] = _Building()
        building.add(message, message.text)
    return {name: RecordedConnection(tuple(b.steps), b.ended_by) for name, b in begun.items()}


class _Building:
    """A connection while it is read."""

    def __init__(self) -> None:
        self.steps: list[RecordedStep] = []
        self.ended_by: Side | None = None
        self._requests: Exchange[tuple[Side, RequestId], int] = Exchange()
        self._before: float | None = None

    def add(self, message: RecordedMessage, text: bytes) -> None:
        body = parse_object(text) or {}
        kind, rid = kind_of(body), request_id(body.get("id"))
        method, asked = str(body.get("method", "")), None
        if kind.is_answer:
            asked = None if rid is None else self._requests.take((message.sender.other, rid))
            method = "" if asked is None else self.steps[asked].method
        elif kind is MessageKind.REQUEST and rid is not None:
            self._requests.ask((message.sender, rid), len(self.steps))
        part = "result" if kind.is_answer else "params"
        thread_id = id_of("thread", method, body.get(part), part)
        if asked is not None:
            thread_id = self.steps[asked].thread_id or thread_id
        delay = 0.0
        if message.seconds is not None:
            delay = max(0.0, message.seconds - self._before) if self._before is not None else 0.0
            self._before = message.seconds
        self.steps.append(
            RecordedStep(
                message.line, message.sender, text, body, kind, method, rid, asked, thread_id, delay
            )
        )
