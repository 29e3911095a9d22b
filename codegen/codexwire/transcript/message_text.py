"""What is odd about a message that fits its schema: lone surrogates, members that come twice, ids."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from codexwire.model.message import MessageKind, request_id
from codexwire.model.session_message import SessionMessage

__all__ = ["odd_members", "odd_text"]

_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


def odd_text(data: bytes) -> Iterator[tuple[str, str, str]]:
    """Yield the rule, the sentence and the pointer of what a server drops a message for."""
    if b"\\u" in data and _SURROGATE.search(data) and not _is_encodable(data):
        text = "a lone surrogate in a string; servers drop such a message"
        yield "envelope/surrogate", text, ""
    if data.count(b'"method"') > 1 and _has_two_methods(data):
        text = "two members `method`; servers drop such a message"
        yield "envelope/duplicate-key", text, "/method"


def odd_members(message: SessionMessage) -> Iterator[tuple[str, str, str]]:
    """Yield the same for what is in the envelope."""
    body = message.body
    if message.kind is MessageKind.ERROR and "result" in body:
        text = "a result beside the error, which alone counts"
        yield "envelope/result-and-error", text, "/result"
    if type(body.get("id")) in (int, float) and request_id(body["id"]) is None:
        yield "envelope/id", "no integer of 64 bits; servers drop such a message", "/id"


def _is_encodable(data: bytes) -> bool:
    """Whether every string of a message can be encoded."""
    try:  # long integers cannot be printed, and no number matters here
        json.dumps(json.loads(data, parse_int=float), ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _has_two_methods(data: bytes) -> bool:
    """Whether the outermost object of a JSON text has two members `method`."""
    outermost: list[tuple[str, Any]] = []

    def note(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        outermost[:] = pairs
        return dict(pairs)

    try:
        json.loads(data, object_pairs_hook=note, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        return False
    return sum(key == "method" for key, _ in outermost) > 1
