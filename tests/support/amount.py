"""How much is tested: a sample as a rule, all of it when `CODEXWIRE_TESTS=all` (`.ci/nightly`)."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Final, TypeVar

__all__ = ["ALL", "sample_of", "times"]

T = TypeVar("T")

ALL: Final = os.environ.get("CODEXWIRE_TESTS") == "all"
"""Whether everything is to be tested, however long it takes."""


def sample_of(values: Sequence[T], count: int) -> list[T]:
    """Return `count` of the values, evenly spread, the last one among them; or all of them."""
    if ALL or count >= len(values):
        return list(values)
    return [values[(i + 1) * len(values) // count - 1] for i in range(count)]


def times(usually: int, whole: int) -> int:
    """Return how many examples a property test tries."""
    return whole if ALL else usually
