"""Replaces strings in a JSON text and leaves every other byte as it was."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import TypeAlias

__all__ = ["Replace", "json_string", "rewrite_strings"]

Replace: TypeAlias = Callable[[str, str], str]
"""From the name that a string stands under (empty: none), and the string, to what shall stand there."""

_TOKEN = re.compile(r'("[^"\\]*(?:\\.[^"\\]*)*")(\s*:)?|[\[\]{}]', re.DOTALL)
_HEADER = re.compile(r"(?:[Xx]-[\w-]+|(?i:proxy-)?(?i:authorization)|(?i:set-)?(?i:cookie))")
_LABELS = frozenset({"name", "key", "header"})


def rewrite_strings(text: str, value: Replace, key: Callable[[str], str]) -> str:
    """Return a valid JSON text with `value(name, string)` for its strings and `key(name)` for its keys.

    The name of an element is that of its array. The name is N where an object says
    `{"name": N, "value": …}` or `"N": {"value": …}`, and where an array is `[N, …]` with a header's
    name, or has `--N` before a word.
    """
    parts: list[str] = []
    done = 0
    outer: list[tuple[str, str | None, bool]] = []
    name = ""
    label: str | None = None
    in_array = False
    for token in _TOKEN.finditer(text):
        literal = token[1]
        if literal is None:
            if token[0] in "[{":
                outer.append((name, label, in_array))
                in_array = token[0] == "["
                label = None if in_array else name
                name = name if in_array else ""
            else:
                name, label, in_array = outer.pop() if outer else ("", None, False)
            continue
        old = json.loads(literal) if "\\" in literal else literal[1:-1]
        if token[2] is not None:
            name, new = old, key(old)
        else:
            stands_under = label if label is not None and (in_array or name == "value") else name
            new = value(stands_under, old)
            label = _label(name, old, in_array, label)
        if new != old:
            parts += (text[done : token.start()], json_string(new))
            done = token.end(1)
    return "".join([*parts, text[done:]]) if parts else text


def _label(name: str, value: str, in_array: bool, label: str | None) -> str | None:
    """Return what the next string is called by this one."""
    if in_array:
        is_name = value.startswith("-") or _HEADER.fullmatch(value) is not None
        return value.lstrip("-") if is_name and "=" not in value else None
    return value if name in _LABELS else label


def json_string(value: str) -> str:
    """Return a string as JSON, as readable as can be."""
    try:
        value.encode()
    except UnicodeEncodeError:  # a lone surrogate
        return json.dumps(value)
    return json.dumps(value, ensure_ascii=False)
