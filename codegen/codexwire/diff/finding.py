"""What a diff says: frozen values that the reports print."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from codexwire.diff.rule import Effect, Skew
from codexwire.diff.verdict import Verdict
from codexwire.direction import Side
from codexwire.finding import Level

__all__ = ["Diff", "DiffFinding", "Witness"]


@dataclass(frozen=True, slots=True)
class Witness:
    """A message that `sender` may send in its version and the other version rejects.

    `kind` is `message` (a request or notification), `result` (the response to a request for `method`) or
    `type` (a value of the type `method`, which no method of the schema carries). `reason` is what the
    rejecting version says.
    """

    sender: Side
    kind: str
    method: str
    value: Any
    reason: str


@dataclass(frozen=True, slots=True)
class DiffFinding:
    """One change of one type.

    `type` is the owning type's full name in the new version (the old one's where it is gone), or the
    union's name for a method; `old_type` its name in the old version. `pointer` leads from the type's
    schema to the place, `path` says the same in words that do not depend on positions. `methods` are
    those whose messages can contain it (`*`: all of a union), `senders` who writes them. `old` and
    `new` are short texts; `key` is the value or variant that the change is about; `witness` is a message
    that one side may send and the other rejects, by skew.
    """

    rule: str
    type: str
    old_type: str
    pointer: str
    path: str
    methods: tuple[str, ...]
    senders: tuple[Side, ...]
    effect: Effect
    old_client: Verdict
    new_client: Verdict
    old_client_level: Level
    new_client_level: Level
    stability: str
    old: str | None
    new: str | None
    note: str
    fingerprint: str
    key: str = ""
    witness: Mapping[str, Witness] | None = None

    def verdict(self, skew: Skew) -> Verdict:
        """Return the verdict for a skew."""
        return self.old_client if skew is Skew.OLD_CLIENT else self.new_client

    @property
    def level(self) -> Level:
        """The worse of the two levels."""
        return min(self.old_client_level, self.new_client_level, key=lambda level: level.rank)

    @property
    def conditional(self) -> bool:
        """Whether a break depends on what the new client chooses to send."""
        return Verdict.CONDITIONAL in (self.old_client, self.new_client)


@dataclass(frozen=True, slots=True)
class Diff:
    """The outcome of a comparison: the findings in order; changes of prose are only counted."""

    findings: tuple[DiffFinding, ...]
    texts: int = 0

    def with_verdict(self, skew: Skew, verdicts: Iterable[Verdict]) -> list[DiffFinding]:
        """Return the findings whose verdict for a skew is one of these."""
        wanted = set(verdicts)
        return [f for f in self.findings if f.verdict(skew) in wanted]
