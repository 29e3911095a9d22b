"""A message for every break: what one version may send and the other rejects, shown by validators."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from typing import Any

from codexwire.diff.collect import LocatedChange
from codexwire.diff.engine import Analysis
from codexwire.diff.example import NoExampleError
from codexwire.diff.finding import DiffFinding, Witness
from codexwire.diff.match import LimitMatch, PropertyMatch
from codexwire.diff.messages import Draft, Drafts
from codexwire.diff.rule import Probe, Skew
from codexwire.diff.verdict import SENDS, Verdict, breaks_when
from codexwire.direction import Side
from codexwire.ir.model import Protocol
from codexwire.location import join_pointer
from codexwire.model.cached import cached
from codexwire.wire import Validators, Violation

__all__ = ["Prover"]

_DRAFTS = 12
_VALUES = 16
_REMEMBERED = 1 << 11
"""How many drafts one version's verdicts are kept for."""


class Prover:
    """Looks for witnesses of one comparison; what was prepared is kept for the next finding."""

    def __init__(self, analysis: Analysis) -> None:
        self._drafts = {v: Drafts(analysis, new=v == "new") for v in ("old", "new")}
        versions = analysis.versions
        self._protocols = {"old": versions.old.protocol, "new": versions.new.protocol}

    def prove(self, finding: DiffFinding, found: LocatedChange) -> DiffFinding:
        """Return the finding with its witnesses; a break that has none is `unproven`."""
        verdicts = {skew: finding.verdict(skew) for skew in Skew}
        witnesses: dict[str, Witness] = {}
        for skew in Skew:
            if verdicts[skew] is Verdict.SAFE:
                continue
            witness = self._witness(finding, found, skew)
            if witness is None:
                verdicts[skew] = Verdict.UNPROVEN
            else:
                witnesses[skew.value] = witness
        if not witnesses and all(v is Verdict.SAFE for v in verdicts.values()):
            return finding
        return replace(
            finding,
            old_client=verdicts[Skew.OLD_CLIENT],
            new_client=verdicts[Skew.NEW_CLIENT],
            witness=witnesses or None,
        )

    def _witness(self, finding: DiffFinding, found: LocatedChange, skew: Skew) -> Witness | None:
        for sender in finding.senders:
            if not breaks_when(finding.effect, skew, sender):
                continue
            version = SENDS[skew, sender]
            probe = found.change.narrow if version == "old" else found.change.widen
            if probe is None:
                continue
            witness = self._search(found, sender, version, probe)
            if witness is not None:
                return witness
        return None

    def _search(
        self, found: LocatedChange, sender: Side, version: str, probe: Probe
    ) -> Witness | None:
        drafts = self._drafts[version]
        try:
            values = list(islice(drafts.values(probe), _VALUES))
            for draft in islice(drafts.around(found, sender), _DRAFTS):
                for value in values:
                    witness = self._checked(draft, value, found, version)
                    if witness is not None:
                        return witness
        except NoExampleError:
            return None
        return None

    def _checked(
        self, draft: Draft, value: Any, found: LocatedChange, version: str
    ) -> Witness | None:
        """The witness that a draft makes with a value, when both versions' validators confirm it."""
        formats = isinstance(found.match, LimitMatch)
        other = "new" if version == "old" else "old"
        message = draft.fill(value)
        if self._violations(draft, message, version, formats):
            return None
        for violation in self._violations(draft, message, other, formats):
            if _concerns(violation, draft, found):
                return Witness(draft.sender, draft.kind, draft.method, message, violation.message)
        return None

    def _violations(
        self, draft: Draft, message: Any, version: str, formats: bool
    ) -> tuple[Violation, ...]:
        judge = cached(_Strict if formats else _Judge, self._protocols[version])
        name = draft.method if draft.kind != "type" else draft.names[version == "new"]
        return judge.violations(draft.kind, name, draft.sender, json.dumps(message))


class _Judge:
    """What one version says about drafts, which come again with every other version that it meets."""

    formats = False

    def __init__(self, protocol: Protocol) -> None:
        self._validators = Validators(protocol, formats=self.formats)
        self.violations = lru_cache(_REMEMBERED)(self._violations)

    def _violations(self, kind: str, name: str, sender: Side, draft: str) -> tuple[Violation, ...]:
        message = json.loads(draft)
        if kind == "message":
            return self._validators.check_message(message, sender)
        if kind == "result":
            return self._validators.check_result(name, message["result"], sender.other)
        return self._validators.check_type(name, message)


class _Strict(_Judge):
    """The same, with formats of numbers asserted."""

    formats = True


def _concerns(violation: Violation, draft: Draft, found: LocatedChange) -> bool:
    """Whether the other version rejects the message for what the finding says, not for another change."""
    hole = join_pointer(draft.hole)
    if not f"{violation.pointer}/".startswith(f"{hole}/"):
        return False
    if isinstance(found.match, PropertyMatch):
        name = found.match.name
        below = f"{violation.pointer}/".startswith(f"{hole}{join_pointer((name,))}/")
        return below or violation.expected == f"property {name!r}"
    return True
