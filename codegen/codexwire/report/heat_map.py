"""A table of numbers as a page: the more breaks the warmer, each number leads to what it stands for."""

from __future__ import annotations

from dataclasses import dataclass

from codexwire.report.page import render_page

__all__ = ["HeatCell", "HeatMap", "heat", "to_heat_map"]

_WARMER = (1, 10, 50)
"""From how many sure breaks a cell is warmer than the one before."""


@dataclass(frozen=True, slots=True)
class HeatCell:
    """A number, in `words` for who does not see its color.

    `anchor` is its place on the page, where the `command` stands that says more, and `details`; `page`
    is a file beside this one that says it, or empty. Without a command there is nothing to say.
    """

    text: str
    words: str
    heat: str
    anchor: str = ""
    command: str = ""
    page: str = ""
    details: tuple[str, ...] = ()

    @property
    def link(self) -> str:
        """Where a click on the number leads to."""
        return self.page or (f"#{self.anchor}" if self.command else "")


@dataclass(frozen=True, slots=True)
class HeatMap:
    """A row for each client, with a cell for each of the columns; `notes` are sentences above."""

    title: str
    legend: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[HeatCell, ...]], ...]
    notes: tuple[str, ...] = ()


def heat(sure: int, perhaps: int) -> str:
    """Return the class of a cell: `heat0` for no break, `heat1` if only what may never be sent breaks."""
    if not sure:
        return f"heat{int(bool(perhaps))}"
    return f"heat{1 + sum(sure >= count for count in _WARMER)}"


def to_heat_map(map: HeatMap) -> str:
    """Return the page."""
    return render_page("heat_map", map.title, map=map)
