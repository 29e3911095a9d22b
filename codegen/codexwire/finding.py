"""Findings: frozen data about the user's input. No finding knows how it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from codexwire.location import Location

__all__ = ["Finding", "Level"]


class Level(StrEnum):
    """How much a finding matters."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for error, 1 for warning, 2 for info."""
        return ("error", "warning", "info").index(self.value)


@dataclass(frozen=True, slots=True)
class Finding:
    """One observation: rule id, level, place, one sentence, and what stood there before and after."""

    rule: str
    level: Level
    location: Location
    message: str
    old: str | None = None
    new: str | None = None
