"""Caches what is made from a protocol, keyed by its identity: many comparisons share it."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar

__all__ = ["Same", "cached"]

Made = TypeVar("Made")
Source = TypeVar("Source")


class Same:
    """An object as a key: equal to nothing but itself."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __hash__(self) -> int:
        return id(self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.value is other.value


@lru_cache(maxsize=256)
def _made(make: Callable[[Any], Any], source: Same) -> Any:
    return make(source.value)


def cached(make: Callable[[Source], Made], source: Source) -> Made:
    """Return `make(source)`, the same result for the same object as long as it is in use."""
    made: Made = _made(make, Same(source))
    return made
