"""A decoded message of a session: who sent it, what kind it is, what it is about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

from codexwire.direction import Side
from codexwire.wire import Validators

__all__ = ["Ids", "Message", "MessageKind", "RequestId", "infer_sender", "kind_of", "request_id"]

RequestId: TypeAlias = "str | int"
"""A request id; 7 and "7" differ."""

_INT64 = 1 << 63


class MessageKind(StrEnum):
    """What a message is by its members."""

    REQUEST = "request"
    NOTIFICATION = "notification"
    RESPONSE = "response"
    ERROR = "error"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Ids:
    """The thread, turn and item that a message is about; None where it does not say.

    The places are those of every release: flat (`threadId`) and nested (`thread.id`).
    """

    thread: str | None = None
    turn: str | None = None
    item: str | None = None

    @classmethod
    def of(cls, payload: Any) -> Ids:
        """Return the ids in a message's params or result."""
        if not isinstance(payload, dict):
            return cls()
        return cls(
            _text(payload, "threadId", "thread")
            or _text(payload, "conversationId")
            or _text(payload, "reviewThreadId"),
            _text(payload, "turnId", "turn"),
            _text(payload, "itemId", "item"),
        )


def _text(payload: dict[str, Any], flat: str, nested: str = "") -> str | None:
    value = payload.get(flat)
    if value is None and isinstance(inner := payload.get(nested), dict):
        value = inner.get("id")
    return value if isinstance(value, str) else None


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a session; `body` is the whole decoded object.

    `method` is the method that it names itself (a response names none), `id` the request id, None when
    there is none that a peer would take for one.
    """

    line: int
    connection: str
    sender: Side
    kind: MessageKind
    body: dict[str, Any]
    method: str | None = None
    id: RequestId | None = None

    @classmethod
    def of(cls, line: int, connection: str, sender: Side, body: dict[str, Any]) -> Message:
        """Return the message that a decoded object is."""
        method = body.get("method")
        method = method if isinstance(method, str) else None
        return cls(line, connection, sender, kind_of(body), body, method, request_id(body))

    @property
    def params(self) -> Any:
        """The params of a request or notification."""
        return self.body.get("params")

    @property
    def result(self) -> Any:
        """The result of a response."""
        return self.body.get("result")


def kind_of(body: dict[str, Any]) -> MessageKind:
    """Return what a decoded object is as a JSON-RPC message."""
    if isinstance(body.get("method"), str):
        return MessageKind.REQUEST if "id" in body else MessageKind.NOTIFICATION
    if "error" in body:
        return MessageKind.ERROR
    return MessageKind.RESPONSE if "result" in body else MessageKind.OTHER


def request_id(body: dict[str, Any]) -> RequestId | None:
    """Return the id of a message: any string, or an integer of 64 bits."""
    value = body.get("id")
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool) and -_INT64 <= value < _INT64:
        return value
    return None


def infer_sender(
    body: dict[str, Any], validators: Validators, pending: Callable[[Side], str | None]
) -> Side:
    """Return who must have sent a message that a recording does not say the sender of.

    `pending(side)` is the method of the request of that side that waits for an answer with this
    message's id. A method says by itself who sends it; an answer comes from whoever was asked, and
    when both were, from the one whose result it can be.
    """
    method = body.get("method")
    if isinstance(method, str):
        knows = {side for side in Side if validators.knows(method, side)}
        if len(knows) == 1:
            return knows.pop()
        return Side.CLIENT if "id" in body else Side.SERVER
    asked = {side: found for side in Side if (found := pending(side)) is not None}
    if len(asked) == 2 and "result" in body:
        fits = {s: m for s, m in asked.items() if validators.accepts_value(m, body["result"], s)}
        asked = fits if len(fits) == 1 else asked
    return Side.CLIENT if set(asked) == {Side.SERVER} else Side.SERVER
