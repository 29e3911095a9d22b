"""What the states of all files of lines have, for the checks that they have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

__all__ = ["Turns"]


class Turns(Protocol):
    """A file as far as its turns go.

    `lines` were read; `running` are the turns that have begun and not ended, with the line that began each.
    """

    @property
    def lines(self) -> int:
        """How many lines were read."""

    @property
    def running(self) -> Mapping[str, int]:
        """The turns that have begun and not ended → the line that began each."""

    @property
    def has_turn(self) -> bool:
        """Whether a turn has begun."""

    @property
    def has_earlier(self) -> bool:
        """Whether what was before stands in another file."""
