"""A decoded message of a session: who sent it, what kind it is, what it is about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from codexwire.direction import Side
from codexwire.model.message import MessageKind, RequestId, kind_of, request_id
from codexwire.wire import Validators

__all__ = ["Message", "infer_sender"]


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
        return cls(
            line, connection, sender, kind_of(body), body, method, request_id(body.get("id"))
        )

    @property
    def params(self) -> Any:
        """The params of a request or notification."""
        return self.body.get("params")

    @property
    def result(self) -> Any:
        """The result of a response."""
        return self.body.get("result")


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
