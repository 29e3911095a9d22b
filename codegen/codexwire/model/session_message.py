"""A decoded message of a session: who sent it, what kind it is, what it is about."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from codexwire.direction import Side
from codexwire.model.message import MessageKind, RequestId, kind_of, request_id

__all__ = ["SessionMessage"]


class SessionMessage(Struct, frozen=True, gc=False):
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
    def of(cls, line: int, connection: str, sender: Side, body: dict[str, Any]) -> SessionMessage:
        """Return the message that a decoded object is."""
        method, rid = body.get("method"), body.get("id")
        return cls(
            line,
            connection,
            sender,
            kind_of(body),
            body,
            method if isinstance(method, str) else None,
            None if rid is None else request_id(rid),
        )

    @property
    def params(self) -> Any:
        """The params of a request or notification."""
        return self.body.get("params")

    @property
    def result(self) -> Any:
        """The result of a response."""
        return self.body.get("result")
