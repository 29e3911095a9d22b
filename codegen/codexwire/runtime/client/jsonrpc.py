"""JSON-RPC messages as the app-server writes them: no `jsonrpc` member, ids strings or int64."""

from __future__ import annotations

import json
from typing import Any, TypeAlias

from pydantic_core import from_json

from codexwire.runtime.errors import MessageError

__all__ = ["Json", "RequestId", "decode", "encode"]

Json: TypeAlias = "dict[str, Any]"
RequestId: TypeAlias = "int | str"


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


def decode(text: bytes) -> Json | None:
    """Return the message, or None for a text that is no JSON object."""
    try:
        message = from_json(text, cache_strings="keys")
    except ValueError:
        return None
    return message if type(message) is dict else None
