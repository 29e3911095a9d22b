"""The text of messages that are sent."""

from __future__ import annotations

import json

from codexwire.model.message import Json
from codexwire.runtime.errors import MessageError

__all__ = ["encode"]


def encode(message: Json) -> bytes:
    """Return the one-line JSON text of a message.

    MessageError for what the wire cannot carry: NaN and infinities, lone surrogates, foreign types.
    Servers drop such lines without a word, so the request would wait for ever.
    """
    try:
        text = json.dumps(message, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return text.encode("utf-8")
    except (TypeError, ValueError, RecursionError) as problem:
        method = message.get("method", "the answer")
        raise MessageError(f"{method} cannot be sent: {problem}") from None
