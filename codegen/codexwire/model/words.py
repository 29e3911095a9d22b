"""Types in a few words: `string | null`, `array of v2/Turn`, `object {id, name?}`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from codexwire.ir.canonical import canonical_json
from codexwire.model.types import (
    All,
    Anything,
    Enum,
    Limited,
    List,
    Never,
    Object,
    Opaque,
    Ref,
    Scalar,
    Type,
    Union,
)

__all__ = ["listed", "words"]

_MANY = 6


def words(found: Type | None, *, most: int = _MANY, quoted: bool = False) -> str:
    """Return a type in a few words; of more alternatives than `most` the first ones.

    The order in which alternatives are written makes no difference. `quoted` puts strings of enums in
    quotes. None is `absent`.
    """
    return "absent" if found is None else _Writer(most, quoted).words(found)


class _Writer(Struct, frozen=True):
    most: int
    quoted: bool

    def words(self, found: Type) -> str:
        """Return a type in a few words."""
        if isinstance(found, Enum):
            return listed(map(self.value, found.values), " | ", self.most)
        if isinstance(found, Union):
            return listed(map(self.words, found.branches), " | ", self.most)
        if isinstance(found, All):
            return self.all(found)
        if isinstance(found, Object):
            return self.object(found)
        if isinstance(found, Ref):
            return found.name
        if isinstance(found, Opaque | Never):
            return "opaque" if isinstance(found, Opaque) else "nothing"
        if isinstance(found, Anything) or (isinstance(found, Limited) and found.others):
            return "any"
        if isinstance(found, Scalar):
            is_number = found.kind in ("integer", "number")
            return str(found.limits.get("format", found.kind)) if is_number else found.kind
        return f"array of {self.words(found.items) if isinstance(found, List) else 'any'}"

    def all(self, found: All) -> str:
        """Return what a value must fit: an object, and what stands beside its members."""
        objects = [self.words(part) for part in found.members if isinstance(part, Object)]
        inner = [self.words(part) for part in found.members if not isinstance(part, Object)]
        return " with ".join([*objects, *([listed(inner, " | ", self.most)] if inner else [])])

    def object(self, found: Object) -> str:
        """Return an object with the names of its members, those with a `?` that may be absent."""
        if found.properties:
            names = (n if n in found.required else f"{n}?" for n in found.properties)
            return f"object {{{listed(names, ', ', self.most)}}}"
        if found.is_closed:
            return "{}"
        return "object" if found.rest is None else f"map of {self.words(found.rest)}"

    def value(self, value: Any) -> str:
        """Return a value of an enum."""
        return value if isinstance(value, str) and not self.quoted else canonical_json(value)


def listed(parts: Iterable[str], sep: str, most: int = _MANY) -> str:
    """Return texts side by side in a fixed order, null last, and how many were left out."""
    ordered = sorted(dict.fromkeys(parts), key=lambda part: (part == "null", part))
    if len(ordered) > most:
        ordered = [*ordered[:most], f"… {len(ordered) - most} more"]
    return sep.join(ordered)
