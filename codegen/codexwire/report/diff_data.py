"""What the diff reports print: plain text values, whatever they were computed from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from codexwire.finding import Level

__all__ = ["SKEWS", "SKEW_TITLES", "DiffReport", "DiffRow"]

SKEWS = ("old_client_new_server", "new_client_old_server")
"""The two ways in which one side can be newer, in the order in which reports show them."""

SKEW_TITLES = ("old client ↔ new server", "new client ↔ old server")


@dataclass(frozen=True, slots=True)
class DiffRow:
    """One change.

    `verdicts` and `levels` go by skew, in the order of `SKEWS`. `type` owns the change, `path` says
    where in it, in words; `pointer` the same as a JSON pointer into its schema. `methods` are those
    whose messages contain it, `directions` who sends them (`client_to_server`, `server_to_client`).
    `witness` is an example by skew.
    """

    rule: str
    title: str
    type: str
    old_type: str
    path: str
    pointer: str
    methods: tuple[str, ...]
    directions: tuple[str, ...]
    effect: str
    verdicts: tuple[str, str]
    levels: tuple[Level, Level]
    stability: str
    old: str | None
    new: str | None
    note: str
    fingerprint: str
    key: str = ""
    witness: Mapping[str, Any] | None = None
    ignored: str = ""

    @property
    def level(self) -> Level:
        """The worse of the two levels."""
        return min(self.levels, key=lambda level: level.rank)

    @property
    def conditional(self) -> bool:
        """Whether a break depends on what the new client chooses to send."""
        return "conditional" in self.verdicts

    @property
    def broken(self) -> bool:
        """Whether either skew is anything but safe."""
        return any(v != "safe" for v in self.verdicts)

    @property
    def where(self) -> str:
        """The place for a reader: type and path, or the method."""
        return f"{self.type} {self.path}" if self.path[:1] not in ".<[{" else self.type + self.path


@dataclass(frozen=True, slots=True)
class DiffReport:
    """One comparison: names of the versions, rows in order, counts, suggested version bump.

    `restored` has the rules that put something back into a version, though it is compared as published,
    `project_rules` those that are not codexwire's own.
    """

    old: str
    new: str
    rows: tuple[DiffRow, ...]
    bump: str = ""
    texts: int = 0
    restored: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    project_rules: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def count(self, skew: int, verdict: str) -> int:
        """Return how many rows have a verdict for a skew (0 or 1) and are not ignored."""
        return sum(r.verdicts[skew] == verdict for r in self.rows if not r.ignored)

    def by_type(self, rows: Iterable[DiffRow]) -> dict[str, list[DiffRow]]:
        """Group rows by owning type, in order."""
        groups: dict[str, list[DiffRow]] = {}
        for row in rows:
            groups.setdefault(row.type, []).append(row)
        return groups
