"""How serious a finding is by the word of the project, where that is not what its rule says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from codexwire.config import Grade
from codexwire.diff.finding import DiffFinding
from codexwire.diff.rule import Skew
from codexwire.diff.verdict import BROKEN, Verdict
from codexwire.finding import Level

__all__ = ["GRADES", "counts", "regraded"]

GRADES = {
    Grade.BREAKING: Level.ERROR,
    Grade.MINOR: Level.WARNING,
    Grade.INFO: Level.INFO,
}
"""What a level is called in settings and by `--fail-on`.

`minor` breaks strict readers alone: tolerant ones cope with it.
"""


def regraded(finding: DiffFinding, levels: Mapping[str, Level]) -> DiffFinding:
    """Return the finding at the level that its rule has been given, if it has.

    What breaks only if it is sent is never graver than by the rule itself, and what is safe is not graded.
    """
    level = levels.get(finding.rule)
    if level is None:
        return finding

    def graded(skew: Skew) -> Level:
        own, verdict = finding.level_of(skew), finding.verdict(skew)
        if verdict in BROKEN:
            return level
        milder = verdict is Verdict.CONDITIONAL or level is Level.INFO
        return max(own, level, key=lambda each: each.rank) if milder else own

    return replace(
        finding,
        old_client_level=graded(Skew.OLD_CLIENT),
        new_client_level=graded(Skew.NEW_CLIENT),
    )


def counts(finding: DiffFinding, skew: Skew, level: Level) -> bool:
    """Whether a finding breaks a skew, at a level or a graver one."""
    return finding.verdict(skew) in BROKEN and finding.level_of(skew).rank <= level.rank
