"""What generated gates are made of: msgspec's names, and two checks that Structs cannot state."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, MsgspecError, Raw, Struct, UnsetType, field

__all__ = [
    "UNSET",
    "Annotated",
    "AnyObject",
    "GateTable",
    "Literal",
    "Meta",
    "Raw",
    "Struct",
    "UnsetType",
    "field",
    "require_any",
    "require_one",
    "takes",
]

_METHOD_FIRST = b'{"method":"'
_METHOD = re.compile(rb'"method"\s*:\s*"([^"\\]*)"')


class AnyObject(Struct, gc=False):
    """An object, whatever its members."""


def require_any(struct: Any, choices: Collection[tuple[str, ...]]) -> None:
    """Raise ValueError unless all fields of at least one choice are set."""
    if not _met(struct, choices):
        raise ValueError("no alternative is complete")


def require_one(struct: Any, choices: Collection[tuple[str, ...]]) -> None:
    """Raise ValueError unless all fields of exactly one choice are set."""
    if _met(struct, choices) != 1:
        raise ValueError("not exactly one alternative is complete")


def _met(struct: Any, choices: Collection[tuple[str, ...]]) -> int:
    return sum(all(getattr(struct, name) is not UNSET for name in choice) for choice in choices)


def takes(gate: Callable[[bytes], Any], line: bytes) -> bool:
    """Whether a gate takes a line. What it does take is valid JSON in valid UTF-8."""
    try:
        gate(line)
        # msgspec skips unknown members without a look at their encoding
        return line.isascii() or bool(line.decode())
    except (MsgspecError, UnicodeDecodeError, RecursionError):
        return False


class GateTable(dict[bytes, Callable[[bytes], Any]]):
    """The gates of one sender's methods, each made when its method is first seen.

    `make` returns the gate of a method, or None when the method has none.
    """

    def __init__(self, make: Callable[[str], Callable[[bytes], Any] | None]) -> None:
        super().__init__()
        self._make = make

    def takes(self, line: bytes) -> bool:
        """Whether the gate of the method that a line names takes the line.

        The method is read off the bytes without parsing them. A wrong guess is harmless: every gate
        asks for its own method again.
        """
        if line.startswith(_METHOD_FIRST):
            method = line[11 : line.find(b'"', 11)]
        elif found := _METHOD.search(line):
            method = found[1]
        else:
            return False
        return takes(self[method], line)

    def __missing__(self, method: bytes) -> Callable[[bytes], Any]:
        gate = self._make(method.decode(errors="replace"))
        if gate is None:
            return _refuse
        self[method] = gate
        return gate


def _refuse(_: bytes) -> None:
    raise MsgspecError
