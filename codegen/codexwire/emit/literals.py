"""Listed values as flat types: what can be a literal type, and what stands for the others."""

from __future__ import annotations

from typing import Any

from codexwire.model.types import Enum, Scalar, Type, Union

__all__ = ["can_be_literal", "literals"]

_LARGEST = 2**63 - 1


def can_be_literal(value: Any) -> bool:
    """Whether type checkers take a value in a literal type, which they do not with large integers."""
    return isinstance(value, str) or (isinstance(value, int) and abs(value) <= _LARGEST)


def literals(values: tuple[Any, ...]) -> Type:
    """Return the flat type of listed values, with any integer in the place of the large ones."""
    kept = tuple(v for v in values if not isinstance(v, int) or can_be_literal(v))
    if len(kept) == len(values):
        return Enum(values)
    return Union((Enum(kept), Scalar("integer"))) if kept else Scalar("integer")
