"""How a function tells its caller what it is doing: it calls what it was given with a line of text."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

__all__ = ["Say", "silent"]

Say: TypeAlias = "Callable[[str], None]"
"""Called with what is being done, before it is done."""


def silent(_text: str) -> None:
    """Say nothing: for callers that show no progress."""
