"""What goes into judging a recording and what comes out, as plain values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

from codexwire.direction import Side
from codexwire.errors import CodexwireError
from codexwire.finding import Finding, Kind, Level
from codexwire.ir.hole import Hole
from codexwire.location import Location
from codexwire.model.lines import Understood
from codexwire.model.session_message import SessionMessage
from codexwire.transcript.coverage import Point
from codexwire.transcript.entry import FileIssue, LineInDocument
from codexwire.transcript.server_guess import ServerGuess
from codexwire.transcript.stand_in import StandIn
from codexwire.wire import Validators, Violation

__all__ = ["Choose", "JudgeOptions", "Judgement", "Schema", "Tolerance"]

Tolerance: TypeAlias = "Callable[[SessionMessage, str | None], Iterable[Violation]]"
"""Notes about a message and the method that it is about; they are reported at level info."""


@dataclass(frozen=True, slots=True)
class Schema:
    """What a recording is judged by: its name in reports, and why it is not the server's own.

    `project_rules` are the ids of the rules in it that are not codexwire's own. `stand_in` tells of the
    server's release where another's schema has to do.
    """

    label: str
    validators: Validators
    remark: str = ""
    project_rules: tuple[str, ...] = ()
    tolerances: tuple[Tolerance, ...] = ()
    stand_in: StandIn | None = None


_KINDS_COUNTED = 10_000

Choose: TypeAlias = "Callable[[ServerGuess], Schema]"
"""From what a recording says about its server to the schema; CodexwireError when there is none."""


@dataclass(frozen=True, slots=True)
class JudgeOptions:
    """`limit` findings of a recording are kept (0: all); strings are shown only on request."""

    limit: int = 0
    show_values: bool = False
    coverage: bool = False


@dataclass(slots=True)
class Judgement:
    """Everything about one recording.

    `server` is the release that it names; the schema `stands_in` where that of this release is not available.
    `counts` are of all findings by level, also of those beyond the limit, `repeats` by kind. `unusable`
    is why it, or the rest of it, could not be checked. `bytes` were read (of what the file unpacks to),
    and `unread` counts the lines or parts of it that were not understood. `unchecked` counts the
    messages that were accepted although the schema does not say what they should be, `holes` are what
    else the schema leaves open. `seen` are the points of the schema that it exercises.

    Of a file of lines, each of which counts as a message, `what` is a line; `made_by` is the release that
    made the file, `releases` counts the lines by the schema that accepted them, `unknown_types` those that
    no release has the type of, by type, and `understood` says what the file came to.
    """

    path: str
    limit: int = 0
    format: str | None = None
    schema: str | None = None
    server: str | None = None
    stands_in: bool = False
    project_rules: tuple[str, ...] = ()
    messages: int = 0
    bytes: int = 0
    unread: int = 0
    unchecked: int = 0
    holes: tuple[Hole, ...] = ()
    counts: Counter[Level] = field(default_factory=Counter)
    unusable: CodexwireError | None = None
    seen: frozenset[Point] = frozenset()
    what: str = "message"
    made_by: str | None = None
    releases: Counter[str] = field(default_factory=Counter)
    unknown_types: Counter[str] = field(default_factory=Counter)
    understood: Understood | None = None
    repeats: Counter[Kind] = field(default_factory=Counter)
    _kept: dict[Level, list[Finding]] = field(default_factory=dict)

    def add(
        self,
        rule: str,
        level: Level,
        line: int | None,
        message: str,
        *,
        pointer: str | None = None,
        sender: Side | None = None,
        method: str | None = None,
    ) -> None:
        """Add a finding, made of the arguments."""
        facts = {"direction": None if sender is None else sender.value, "method": method}
        if isinstance(line, LineInDocument):
            facts["place"], line = line.pointer, int(line)
        self.take(Finding(rule, level, Location(self.path, line, pointer), message, facts))

    def take(self, finding: Finding) -> None:
        """Count a finding, and keep it while there is room for its level."""
        self.counts[finding.level] += 1
        if len(self.repeats) < _KINDS_COUNTED or finding.kind in self.repeats:
            self.repeats[finding.kind] += 1
        kept = self._kept.setdefault(finding.level, [])
        if not self.limit or len(kept) < self.limit:
            kept.append(finding)

    def add_issue(self, issue: FileIssue) -> None:
        """Add a finding about the file itself."""
        self.unread += issue.unread
        rule = f"transcript/{issue.rule}"
        self.add(rule, issue.level, issue.line, issue.message, sender=issue.sender)

    @property
    def findings(self) -> list[Finding]:
        """The findings that are kept, the gravest ones up to the limit, in the order of their lines.

        Their facts are the `direction` (who sent the message) and its, or its request's, `method`.
        """
        by_gravity = [f for level in Level for f in self._kept.get(level, ())]
        kept = by_gravity[: self.limit] if self.limit else by_gravity
        return sorted(kept, key=lambda finding: finding.location.line or 0)
