"""Finds the JSON in a line of any format: behind a time, or inside an array of several lines."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from codexwire.model.message import LineError, parse

__all__ = ["JsonPart", "json_part", "json_value"]

_AFTER_JSON = re.compile(r"[\s,\]]*\Z")


class JsonPart(NamedTuple):
    """Where in a line JSON stands, and its value; `end` is 0 where there is none."""

    start: int
    end: int
    value: Any = None


_NONE = JsonPart(0, 0)


def json_part(body: str) -> JsonPart:
    """Return the JSON object of a line, before which and behind which an array may go on, or the array."""
    start = body.find("{")
    if start < 0:
        return _NONE
    if (first := body.lstrip()[:1]) == "[" and (array := json_value(body)) is not None:
        return JsonPart(body.index(first), len(body.rstrip()), array)
    end = _AFTER_JSON.search(body, body.rfind("}") + 1)
    last = end.start() if end is not None else len(body)
    value = json_value(body[start:last])
    return _NONE if value is None else JsonPart(start, last, value)


def json_value(text: str) -> Any:
    """Return the value of a JSON text, None for a text that is none."""
    try:
        return parse(text.encode("utf-8", "surrogateescape"))
    except (LineError, UnicodeEncodeError):
        return None
