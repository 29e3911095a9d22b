"""What a report is: findings in groups, whichever command made them, and what stands around them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from codexwire.finding import Finding, Kind, Level

__all__ = ["Chapter", "Group", "Report", "Section", "Tree"]


@dataclass(frozen=True, slots=True)
class Group:
    """The findings of one file, or of one type, in order.

    `facts` are about the file in a few words; `methods` those whose messages contain the type;
    `unusable` says why the file could not be checked, or is empty; `dropped` counts findings that a
    limit left out, `repeats` all that there are of a kind.
    """

    title: str
    findings: tuple[Finding, ...]
    facts: str = ""
    methods: tuple[str, ...] = ()
    unusable: str = ""
    dropped: int = 0
    repeats: Mapping[Kind, int] = field(default_factory=dict)

    def by_kind(self) -> list[tuple[Finding, int]]:
        """Return the first finding of each kind, and how many there are of it."""
        first: dict[Kind, Finding] = {}
        for finding in self.findings:
            first.setdefault(finding.kind, finding)
        return [(finding, self.repeats.get(kind, 1)) for kind, finding in first.items()]

    @property
    def more(self) -> int:
        """How many findings are of no kind that `by_kind` returns."""
        return len(self.findings) + self.dropped - sum(count for _, count in self.by_kind())


@dataclass(frozen=True, slots=True)
class Chapter:
    """A part of a changelog: what its changes have in common, and the changes by type.

    A chapter about one skew names it, and shows for each type a message that breaks.
    """

    title: str
    explanation: str
    groups: tuple[Group, ...]
    skew: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Text below the findings: a title and lines."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tree:
    """How much of something was seen: of a leaf 1 or 0 of 1, else the sum of the `children`."""

    title: str
    seen: int
    total: int
    children: tuple[Tree, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that a command reports, in every format.

    `summary` are sentences that count, `rules` maps the id of every rule to a sentence, `document` is
    the JSON form, all in `ascii` where strings may hold what no encoding takes. `fail_on` is the level
    that makes the run fail. What `sections` say in short of coverage, `trees` have in full.

    A comparison has two `versions`, and judges every finding by skew: `skews` maps their names to
    titles, and a finding's fact `breaks` maps them to `breaks`, `conditional`, `unproven` or `safe`.
    `chapters` are its changelog; short formats list a change that breaks nothing only if they are to
    list `everything`.
    """

    command: str
    groups: tuple[Group, ...]
    summary: tuple[str, ...]
    rules: Mapping[str, str]
    document: Mapping[str, Any]
    ascii: bool = False
    fail_on: Level = Level.ERROR
    sections: tuple[Section, ...] = ()
    trees: tuple[Tree, ...] = ()
    versions: tuple[str, str] | None = None
    skews: Mapping[str, str] = field(default_factory=dict)
    chapters: tuple[Chapter, ...] = ()
    everything: bool = False

    @property
    def title(self) -> str:
        """What was compared, or the command."""
        return self.command if self.versions is None else " → ".join(self.versions)

    @property
    def findings(self) -> Iterator[Finding]:
        """The findings of all groups, in order."""
        return (finding for group in self.groups for finding in group.findings)

    @property
    def used_rules(self) -> list[str]:
        """The ids of the rules that have findings, sorted."""
        return sorted({finding.rule for finding in self.findings})

    def listed(self, group: Group) -> list[Finding]:
        """Return the findings of a group that a short format lists."""
        return [f for f in group.findings if self.everything or _matters(f)]

    def count(self, skew: str, verdict: str) -> int:
        """Return how many findings of a comparison have a verdict for a skew and are not ignored."""
        return sum(
            f.facts["breaks"][skew] == verdict and not f.facts["ignored"] for f in self.findings
        )


def _matters(finding: Finding) -> bool:
    """Whether a finding is more than a change that breaks nothing, or that is ignored."""
    breaks = finding.facts.get("breaks")
    if breaks is None:
        return True
    loud = finding.level is not Level.INFO or any(v != "safe" for v in breaks.values())
    return loud and not finding.facts["ignored"]
