"""The values of an enum, looked up instead of compared one by one, and as text."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from codexwire.model.cached import Same
from codexwire.runtime.checks import hashable

__all__ = ["is_listed", "listed_text"]

_LISTS = 64
"""So many lists are remembered: a comparison asks about the same few thousands of times."""


def is_listed(value: Any, values: Sequence[Any]) -> bool:
    """Whether a value is the same JSON value as one of those listed."""
    return hashable(value) in _known(Same(values))


@lru_cache(_LISTS)
def _known(values: Same) -> frozenset[Any]:
    return frozenset(map(hashable, values.value))


def listed_text(values: Sequence[Any]) -> str:
    """Return the values as JSON, with commas between them."""
    return _text(Same(values))


@lru_cache(_LISTS)
def _text(values: Same) -> str:
    return ", ".join(json.dumps(v, ensure_ascii=False) for v in values.value)
