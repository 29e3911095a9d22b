"""Types in a few words: `string | null`, `array of v2/Turn`, `object {id, name?}`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from codexwire.ir.canonical import canonical_json
from codexwire.model.types import (
    All,
    Enum,
    List,
    Never,
    Object,
    Opaque,
    Ref,
    Scalar,
    Tuple,
    Type,
    Union,
)

__all__ = ["listed", "members", "words"]

_MANY = 6


def words(found: Type | None, *, most: int = _MANY) -> str:
    """Return a type in a few words; of more alternatives than `most` the first ones.

    The order in which alternatives are written makes no difference. None is `absent`.
    """
    if isinstance(found, Enum):
        return listed(map(_value, found.values), " | ", most)
    if isinstance(found, Union):
        return listed((words(branch, most=most) for branch in found.branches), " | ", most)
    if isinstance(found, All):
        return _all(found, most)
    if isinstance(found, List):
        return "any" if found.others else f"array of {words(found.items, most=most)}"
    if isinstance(found, Object):
        return _object(found, most)
    return _plain(found)


def _plain(found: Type | None) -> str:
    if isinstance(found, Ref):
        return found.name
    if isinstance(found, Scalar) and not found.others:
        is_number = found.kind in ("integer", "number")
        return str(found.limits.get("format", found.kind)) if is_number else found.kind
    if isinstance(found, Opaque):
        return "opaque"
    if isinstance(found, Tuple):
        return "array of any"
    return "absent" if found is None else "nothing" if isinstance(found, Never) else "any"


def _all(found: All, most: int) -> str:
    inner = [part for part in found.members if not isinstance(part, Object)]
    objects = [words(part, most=most) for part in found.members if isinstance(part, Object)]
    rest = listed((words(part, most=most) for part in inner), " | ", most)
    return " with ".join([*objects, *([rest] if rest else [])])


def _object(found: Object, most: int) -> str:
    if found.properties:
        return f"object {{{listed(members(found).values(), ', ', most)}}}"
    if found.is_closed:
        return "{}"
    return "object" if found.rest is None else f"map of {words(found.rest, most=most)}"


def members(found: Object) -> Mapping[str, str]:
    """Return the names of an object's members in order, those with a `?` that may be absent."""
    return {n: n if n in found.required else f"{n}?" for n in sorted(found.properties)}


def listed(parts: Iterable[str], sep: str, most: int = _MANY) -> str:
    """Return texts side by side in a fixed order, null last, and how many were left out."""
    ordered = sorted(dict.fromkeys(parts), key=lambda part: (part == "null", part))
    if len(ordered) > most:
        ordered = [*ordered[:most], f"… {len(ordered) - most} more"]
    return sep.join(ordered)


def _value(value: Any) -> str:
    return value if isinstance(value, str) else canonical_json(value)
