"""Every rule of every family: what stands behind each id that a command prints."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass

from codexwire.diff.rule import Levels
from codexwire.diff.table import RULES as DIFF_RULES
from codexwire.finding import RuleText
from codexwire.model.lines import FileCheck, LineCheck
from codexwire.model.normalization import BUILT_IN, NormalizationRule
from codexwire.normalize import RULES, ProjectRules
from codexwire.normalize.project import NONE
from codexwire.probe.rules import RULES as PROBE_RULES
from codexwire.profiles.table import CHECKS, LINE_CHECKS
from codexwire.proxy.redact.table import RULES as REDACT_RULES
from codexwire.runtime.drift import DRIFT
from codexwire.runtime.tolerance.table import RULES as TOLERANCE_RULES
from codexwire.transcript.rules import RULES as TRANSCRIPT_RULES
from codexwire.usecases.observed import RULES as OBSERVED_RULES
from codexwire.usecases.sightings import proofs

__all__ = ["RuleEntry", "find", "rule_entries"]

_NUMBERED = re.compile(r"[nt]\d{3}(?=-)")


@dataclass(frozen=True, slots=True)
class RuleEntry:
    """One rule of any family, as `rules list` and `rules show` print it; `id` is as reports print it."""

    family: str
    id: str
    title: str
    effect: str
    versions: str
    evidence: tuple[str, ...]
    doc: str
    origin: str = BUILT_IN

    @property
    def names(self) -> tuple[str, str, str]:
        """The id without and with its family's prefix, and what a rule with a number is called for short."""
        bare = self.id.removeprefix(f"{self.family}/")
        number = _NUMBERED.match(bare)
        return bare, f"{self.family}/{bare}", number[0] if number else bare


def rule_entries(project: ProjectRules = NONE) -> Iterator[RuleEntry]:
    """Yield every rule of every family, in table order; those of the project after our own."""
    for rule in (*RULES, *project.all):
        built_in = rule.origin == BUILT_IN
        doc = _doc(rule.node or rule.typedef or rule.protocol) if built_in else ""
        claims = str(rule.versions), (*rule.evidence, *_probed(rule))
        yield RuleEntry("normalize", rule.id, rule.title, rule.effect, *claims, doc, rule.origin)
    for tolerance in TOLERANCE_RULES:
        claims = str(tolerance.versions), tolerance.evidence
        doc = _doc(tolerance.apply)
        yield RuleEntry("tolerance", tolerance.id, tolerance.title, tolerance.hook, *claims, doc)
    yield from (_entry("drift", text) for text in DRIFT)
    for check in CHECKS:
        doc = _doc(check.on_step or check.at_end or check.unfinished)
        yield RuleEntry("session", check.rule, check.title, check.level, "*", check.evidence, doc)
    for looked in LINE_CHECKS:
        doc = _doc(_function(looked))
        yield RuleEntry("lines", looked.rule, looked.title, looked.level, "*", looked.evidence, doc)
    for compared in DIFF_RULES:
        doc = "\n\n".join((_doc(compared.check), *_levels(compared.levels)))
        yield RuleEntry("diff", compared.id, compared.title, compared.levels.worst, "*", (), doc)
    told = (*TRANSCRIPT_RULES, *PROBE_RULES, *OBSERVED_RULES)
    yield from (_entry(text.id.partition("/")[0], text) for text in told)
    for sought in REDACT_RULES:
        yield RuleEntry("redact", sought.id, sought.title, sought.kind, "*", (), sought.doc)


def find(id: str, known: tuple[RuleEntry, ...]) -> RuleEntry | None:
    """Return the entry of an id as reports print it, with or without the family's prefix, or `n006`."""
    exact = (entry for entry in known if entry.id == id)
    return next(exact, None) or next((entry for entry in known if id in entry.names), None)


def _entry(family: str, text: RuleText) -> RuleEntry:
    return RuleEntry(family, text.id, text.title, text.level, "*", (), text.doc)


def _probed(rule: NormalizationRule) -> Iterator[str]:
    """Yield the evidence that probed releases give for a rule."""
    return (f"probed: {proof}" for proof in proofs(rule.id))


def _function(check: LineCheck | FileCheck) -> object:
    return check.check if isinstance(check, FileCheck) else check.on_line or check.at_end


def _doc(function: object) -> str:
    """Return the documentation of the file that a rule stands in."""
    module = inspect.getmodule(function)
    return inspect.cleandoc(module.__doc__ or "") if module else ""


def _levels(levels: Levels) -> Iterator[str]:
    """Yield for either sender how serious a break is, in the two ways in which one side is newer."""
    for sender, (old_client, new_client) in (("client", levels.client), ("server", levels.server)):
        yield (
            f"Sent by the {sender}: {old_client} for an old client on a new server, "
            f"{new_client} for a new client on an old server, where it breaks."
        )
