"""What does tasks, as long as it is open."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from typing import NamedTuple

__all__ = ["Pool"]


class Pool(NamedTuple):
    """An executor that is open; `width` says how many tasks keep it busy now, or raises when it is lost."""

    executor: Executor
    width: Callable[[], int]
