"""What a diff says: frozen values that the reports print."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from codexwire.diff.rule import Effect, Skew
from codexwire.diff.verdict import Verdict
from codexwire.direction import Side
from codexwire.finding import Finding, Level
from codexwire.location import Location

__all__ = ["Diff", "DiffFinding", "Witness"]

_DIRECTIONS = {Side.CLIENT: "client_to_server", Side.SERVER: "server_to_client"}


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

    def as_json(self) -> dict[str, Any]:
        """Return the witness as plain JSON values."""
        return {
            "sender": self.sender.value,
            "kind": self.kind,
            "method": self.method,
            "message": self.value,
            "rejected": self.reason,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffFinding(Finding):
    """One change of one type: a finding whose facts have types.

    `type` is the owning type's full name in the new version (the old one's where it is gone), or the
    union's name for a method; `old_type` its name in the old version. `pointer` leads from the type's
    schema to the place, `path` says the same in words that do not depend on positions. `methods` are
    those whose messages can contain it (`*`: all of a union), `senders` who writes them. `old` and
    `new` are short texts; `key` is the value or variant that the change is about; `witness` is a message
    that one side may send and the other rejects, by skew. `markdown` is the sentence with names in
    backquotes and without the `note`, `brief` says it to who knows rule and type; `ignored` is why the
    finding does not count. `level`, `location` and `facts` follow from the rest.
    """

    level: Level = field(init=False)
    location: Location = field(init=False)
    facts: Mapping[str, Any] = field(init=False, repr=False, compare=False)
    markdown: str
    brief: str
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
    ignored: str = ""

    def __post_init__(self) -> None:
        levels = self.old_client_level, self.new_client_level
        put = object.__setattr__
        put(self, "level", min(levels, key=lambda level: level.rank))
        put(self, "location", Location(type=self.type, pointer=self.pointer))
        put(self, "facts", self._facts())

    def _facts(self) -> dict[str, Any]:
        witness = self.witness
        return {
            "type": self.type,
            "pointer": self.pointer,
            "methods": list(self.methods),
            "directions": [_DIRECTIONS[sender] for sender in self.senders],
            "effect": self.effect.value,
            "breaks": {skew.value: self.verdict(skew).value for skew in Skew},
            "levels": {skew.value: self.level_of(skew).value for skew in Skew},
            "conditional": self.conditional,
            "stability": self.stability,
            "old": self.old,
            "new": self.new,
            "witness": witness and {skew: found.as_json() for skew, found in witness.items()},
            "fingerprint": self.fingerprint,
            "note": self.note,
            "markdown": self.markdown,
            "brief": self.brief,
            "ignored": self.ignored,
        }

    def verdict(self, skew: Skew) -> Verdict:
        """Return the verdict for a skew."""
        return self.old_client if skew is Skew.OLD_CLIENT else self.new_client

    def level_of(self, skew: Skew) -> Level:
        """Return how serious the change is for a skew."""
        return self.old_client_level if skew is Skew.OLD_CLIENT else self.new_client_level

    @property
    def conditional(self) -> bool:
        """Whether a break depends on what the new client chooses to send."""
        return Verdict.CONDITIONAL in (self.old_client, self.new_client)

    @property
    def safe(self) -> bool:
        """Whether neither skew breaks."""
        return self.old_client is Verdict.SAFE and self.new_client is Verdict.SAFE


@dataclass(frozen=True, slots=True)
class Diff:
    """The outcome of a comparison: the findings in order; changes of prose are only counted."""

    findings: tuple[DiffFinding, ...]
    texts: int = 0
