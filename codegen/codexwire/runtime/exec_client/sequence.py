"""The events of one process in the order of their numbers, whatever order they come in.

Output, `process/exited` and `process/closed` of a process share one count from 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

__all__ = ["Gap", "Sequence"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Gap:
    """Numbers that never came, from `first` to `last`, both included: output that is lost."""

    first: int
    last: int


class Sequence(Generic[T]):
    """Puts numbered events in order: `add` them, read what is `ready`.

    `taken` is the number of the last event that was given out (or given up), `highest` the greatest
    that is known of. Events behind a hole wait until it is filled or given up.
    """

    def __init__(self, taken: int = 0) -> None:
        self.taken = taken
        self.highest = taken
        self._waiting: dict[int, T] = {}

    def add(self, number: int, event: T) -> None:
        """Take an event in; one that was given out, or waits already, is dropped."""
        if number > self.taken:
            self._waiting.setdefault(number, event)
            self.highest = max(self.highest, number)

    def ready(self) -> Iterator[T]:
        """Yield the events that follow on what was given out."""
        while self.taken + 1 in self._waiting:
            self.taken += 1
            yield self._waiting.pop(self.taken)

    @property
    def hole(self) -> Gap | None:
        """What is missing before the next event that waits; None when nothing is.

        To be asked for when everything that was ready is taken.
        """
        return Gap(self.taken + 1, min(self._waiting) - 1) if self._waiting else None

    def give_up(self, hole: Gap) -> None:
        """Go on behind a hole."""
        self.taken = hole.last
