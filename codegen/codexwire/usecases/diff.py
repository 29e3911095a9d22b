"""Two versions compared: what changed, whom it breaks, and which of it counts."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from codexwire.config import Config, Grade
from codexwire.diff import Diff, DiffFinding
from codexwire.diff import diff as compare
from codexwire.diff.contract_filter import touching
from codexwire.diff.ignores import Ignore, format_ignores, outdated, read_ignores
from codexwire.diff.levels import GRADES, counts, regraded
from codexwire.diff.rule import Skew
from codexwire.diff.table import RULES
from codexwire.errors import CodexwireError
from codexwire.finding import Level
from codexwire.near import did_you_mean
from codexwire.report.report import Report
from codexwire.usecases.comparable import OpenPair, open_pair
from codexwire.usecases.contract_file import contract_for
from codexwire.usecases.diff_report import diff_report
from codexwire.usecases.diff_seen import profiles_of
from codexwire.usecases.notices import Notice
from codexwire.usecases.project import config_of, rules_of

__all__ = ["FAIL_ON", "Comparison", "diff"]

_SKEWS = {"": tuple(Skew), ":i": (Skew.OLD_CLIENT,), ":ii": (Skew.NEW_CLIENT,)}

FAIL_ON = {
    f"{grade}{mark}": (GRADES[grade], skews)
    for grade in (Grade.BREAKING, Grade.MINOR)
    for mark, skews in _SKEWS.items()
}
"""What `--fail-on` takes → the mildest level of a break that fails, and the skews that count."""

_RULE_IDS = tuple(rule.id for rule in RULES)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed between two versions.

    `diff` has the findings, those that touch the contract if there was one. `ignored` are the
    fingerprints of those that do not count, each with the reason, as `ignores` say; `outdated` is the error
    that makes the ignore file out of date, if it is. `absent` says what of the contract neither version has.
    """

    pair: OpenPair
    diff: Diff
    ignored: Mapping[str, str]
    outdated: CodexwireError | None = None
    absent: tuple[Notice, ...] = ()
    ignores: tuple[Ignore, ...] = ()

    @property
    def findings(self) -> tuple[DiffFinding, ...]:
        """The changes in a fixed order."""
        return self.diff.findings

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What a reader must know of the two versions."""
        return (*self.pair.notices, *self.absent)

    def breaks(self, fail_on: str = "breaking") -> bool:
        """Return whether anything breaks that is not ignored; `fail_on` is one of `FAIL_ON`."""
        return any(f.fingerprint not in self.ignored for f in self._failing(fail_on))

    def ignore_file(self, fail_on: str = "breaking") -> str:
        """Return an ignore file for all that breaks; what was ignored keeps its reason."""
        names = " and ".join(self.pair.names)
        reason = f"accepted as it was between {names}"
        return format_ignores(self._failing(fail_on), self.ignores, reason)

    def _failing(self, fail_on: str) -> Iterator[DiffFinding]:
        level, skews = FAIL_ON[fail_on]
        return (f for f in self.findings if any(counts(f, skew, level) for skew in skews))

    def report(self) -> Report:
        """Return the report, which `codexwire.report.table.render` prints in any format."""
        applied = {"restored": self.pair.restored, "project_rules": self.pair.project_rules}
        return diff_report(
            self.diff,
            *self.pair.names,
            ignored=self.ignored,
            applied=applied,
            profiles=profiles_of(self.pair.old, self.pair.new),
        )


def diff(
    old: str | Path,
    new: str | Path,
    *,
    channel: str = "experimental",
    as_published: bool = False,
    contract: Path | None = None,
    ignore: Path | None = None,
    project: Path | None = None,
) -> Comparison:
    """Compare two versions of a protocol, as `codexwire diff` does.

    `old` and `new` are versions, files or folders, one of them may be `-`. `contract` names a file that
    says what a client sends and reads, to which the findings are narrowed; `ignore` one of findings
    that do not count. With the folder of a `project`, the rules of its pyproject.toml and of installed
    packages apply, and the levels of rules that it sets; without, none but codexwire's own.

    Raises UsageError, IngestError, NormalizeError or ContractError for what cannot be used.

    >>> import codexwire
    >>> comparison = codexwire.diff("0.140.0", "0.141.0")
    >>> comparison.breaks()
    True
    >>> [(f.rule, f.methods) for f in comparison.findings[:1]]
    [('request-added', ('account/rateLimitResetCredit/consume',))]
    """
    rules = rules_of(project)
    pair = open_pair(str(old), str(new), channel=channel, as_published=as_published, project=rules)
    promised, absent = contract_for(contract, (pair.old, pair.new)) if contract else (None, ())
    ignores = read_ignores(ignore) if ignore else ()
    levels = levels_of(config_of(project))
    found = compare(pair.old, pair.new, contract=promised)
    found = replace(found, findings=tuple(regraded(f, levels) for f in found.findings))
    today = datetime.date.today()
    stale = next(outdated(ignores, found.findings, today), None)
    if promised is not None:
        found = replace(found, findings=tuple(touching(promised, found.findings)), texts=0)
    reasons = {i.fingerprint: i.reason for i in ignores if i.applies(today)}
    return Comparison(pair, found, reasons, stale, absent, ignores)


def levels_of(config: Config) -> dict[str, Level]:
    """Return the levels of diff rules that a project sets; UsageError for a rule that there is not."""
    for id, level in config.levels.items():
        if id not in _RULE_IDS:
            hint = did_you_mean(id, _RULE_IDS) or "`codexwire rules list` has them"
            raise level.problem(f"no diff rule {id!r}", hint=hint)
    return {id: GRADES[level.read(Grade)] for id, level in config.levels.items()}
