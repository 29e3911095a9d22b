"""The fast path of validation: what its Structs are made of, and decoders that accept valid lines only.

Generated packages import this module under this name since 0.1.0.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from functools import reduce
from operator import or_
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, MsgspecError, Raw, Struct, UnsetType, defstruct, field
from msgspec.json import Decoder

__all__ = [
    "OPTIONAL",
    "Annotated",
    "AnyObject",
    "FastPaths",
    "Literal",
    "Meta",
    "Object",
    "Raw",
    "UnsetType",
    "field",
    "require_any",
    "require_one",
    "response_decoder",
    "takes",
]

_METHOD = re.compile(rb'"method"\s*:\s*"([^"\\]*)"')
_REFUSALS = (MsgspecError, UnicodeDecodeError, RecursionError)


OPTIONAL: Any = UNSET
"""The default of members that may be absent, of whatever type they are."""


class Object(Struct, gc=False):
    """What the fast path's Structs derive from."""


class AnyObject(Object):
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


class FastPaths:
    """The fast path of one sender's messages: one decoder, which learns each method as it comes by.

    `make` returns the Struct of a method, tagged with its name, or None when the method has none. `around`
    is told the type of all messages and returns that of a line, where a line is more than a message.
    """

    def __init__(
        self,
        make: Callable[[str], type[Struct] | None],
        around: Callable[[Any], Any] = lambda messages: messages,
    ) -> None:
        self._make, self._around = make, around
        self._structs: list[type[Struct]] = [_NoMessage]
        self._learned: set[str] = set()
        self._decode: Callable[[bytes], Any] = _refuse

    def takes(self, line: bytes) -> bool:
        """Whether a line is a message that the Struct of its method takes; then it is valid."""
        return self.find(line) is not None

    def find(self, line: bytes) -> Any | None:
        """Return the Struct of a line that is taken; None for any other."""
        try:
            found = self._decode(line)
            # msgspec skips unknown members without a look at their encoding
            return found if line.isascii() or line.decode() else None
        except _REFUSALS:
            return self.find(line) if self._learn(line) else None

    def _learn(self, line: bytes) -> bool:
        """Add the method that a line names; whether that was news."""
        found = _METHOD.search(line)
        method = found[1].decode(errors="replace") if found else ""
        if method in self._learned:
            return False
        struct = self._make(method)
        if struct is None:
            return False
        self._learned.add(method)
        self._structs.append(struct)
        self._decode = Decoder(self._around(reduce(or_, self._structs))).decode
        return True


def response_decoder(result: Any) -> Callable[[bytes], Any]:
    """Return the decoder of responses whose `result` a Struct's field of that annotation can take."""
    fields = [("id", str | int), ("result", result)]
    return Decoder(defstruct("Response", fields, bases=(Object,))).decode


class _NoMessage(Struct, tag_field="method", tag=""):
    """Makes the union a union even of one method; nothing can decode as this."""

    nothing: UnsetType


def takes(decode: Callable[[bytes], Any], line: bytes) -> bool:
    """Whether a decoder takes a line. What it does take is valid JSON in valid UTF-8."""
    try:
        decode(line)
        return line.isascii() or bool(line.decode())
    except _REFUSALS:
        return False


def _refuse(_: bytes) -> None:
    raise MsgspecError
