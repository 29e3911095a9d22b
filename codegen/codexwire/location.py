"""Where something is: file, line, JSON pointer, in one text form."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

__all__ = ["JsonPath", "Location", "join_pointer", "split_pointer"]

JsonPath: TypeAlias = "tuple[str | int, ...]"
"""A place in a JSON value: the key or index of each step from its root."""


@dataclass(frozen=True, slots=True)
class Location:
    """A place in an input.

    `file` is the path as the user gave it, `line` counts from 1, `pointer` is an RFC 6901 JSON
    pointer into that line's (or file's) JSON value; the root pointer is the empty string. A place in a
    schema has a `type` in the place of a file: the named type whose schema the pointer leads into.
    """

    file: str | None = None
    line: int | None = None
    pointer: str | None = None
    type: str | None = None

    def __str__(self) -> str:
        parts = [self.file or self.type or "<input>"]
        if self.line is not None:
            parts.append(str(self.line))
        text = ":".join(parts)
        return f"{text}#{self.pointer}" if self.pointer is not None else text


def join_pointer(parts: Iterable[str | int]) -> str:
    """Return the RFC 6901 pointer for a path of keys and indices (`()` gives `""`)."""
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in parts)


def split_pointer(pointer: str) -> tuple[str, ...]:
    """Return the unescaped tokens of an RFC 6901 pointer (`""` gives `()`)."""
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:])
