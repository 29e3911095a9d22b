"""Who sent a message that a recording does not say the sender of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from codexwire.direction import Side
from codexwire.wire import Validators

__all__ = ["infer_sender"]


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
