"""What the text of a message says that its value does not: lone surrogates, members that come twice."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

__all__ = ["odd_text"]

_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


def odd_text(data: bytes) -> Iterator[tuple[str, str, str]]:
    """Yield the rule, the sentence and the pointer of what a server drops a message for."""
    if b"\\u" in data and _SURROGATE.search(data) and not _is_encodable(data):
        text = "a lone surrogate in a string; servers drop such a message"
        yield "envelope/surrogate", text, ""
    if data.count(b'"method"') > 1 and _has_two_methods(data):
        text = "two members `method`; servers drop such a message"
        yield "envelope/duplicate-key", text, "/method"


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
