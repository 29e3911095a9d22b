"""What the tables of a command come to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from codexwire.archive.parquet import columns_of
from codexwire.finding import Level
from codexwire.report.words import many

__all__ = ["Outcome", "outcome_of"]

_NAMES = ("errors", "warnings", "infos", "unread", "problem")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many `sessions` the tables in `folder` have, `judged` of them now, and what was found in all.

    `problems` could not be judged, of `unread` others a part was not understood. `seconds` are the CPU time
    of judging what was judged now, wherever that was.
    """

    folder: Path
    sessions: int
    judged: int
    counts: Counter[Level]
    problems: int
    unread: int
    seconds: float

    def exit_code(self, fail_on: Level | None = Level.ERROR) -> int:
        """Return 2 when a file could not be judged whole, 1 for findings as grave as `fail_on`, else 0."""
        if self.problems or self.unread:
            return 2
        if fail_on is None:
            return 0
        return int(any(self.counts[level] for level in Level if level.rank <= fail_on.rank))

    def __str__(self) -> str:
        counts = self.counts
        more = [
            (self.problems, "could not be judged"),
            (self.unread, "not understood as a whole"),
        ]
        told = (f"; {many(count, 'session')} {how}" for count, how in more if count)
        return (
            f"{many(self.sessions, 'session')}, {self.judged:,} of them judged now:"
            f" {many(counts[Level.ERROR], 'error')}, {many(counts[Level.WARNING], 'warning')},"
            f" {counts[Level.INFO]} info{''.join(told)}; tables in {self.folder}"
        )


def outcome_of(folder: Path, parts: Iterable[Path], judged: int, seconds: float) -> Outcome:
    """Return what the parts of `sessions` say, one in memory at a time."""
    counts: Counter[Level] = Counter()
    sessions = problems = unread = 0
    for part in parts:
        for errors, warnings, infos, missed, problem in columns_of(part, _NAMES):
            sessions += 1
            found = (errors or 0, warnings or 0, infos or 0)
            counts.update(dict(zip(Level, found, strict=True)))
            problems += problem is not None
            unread += problem is None and bool(missed)
    return Outcome(folder, sessions, judged, counts, problems, unread, seconds)
