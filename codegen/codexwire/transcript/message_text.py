"""What the text of a message says that its value does not: lone surrogates, members that come twice."""

from __future__ import annotations

import json
from typing import Any

__all__ = ["has_two_methods", "is_encodable"]


def is_encodable(data: bytes) -> bool:
    """Whether every string of a message can be encoded."""
    try:  # long integers cannot be printed, and no number matters here
        json.dumps(json.loads(data, parse_int=float), ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def has_two_methods(data: bytes) -> bool:
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
