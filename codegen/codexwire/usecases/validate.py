"""Recordings judged, one or many, in one process or several, the same result in the same order."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from codexwire.errors import UsageError
from codexwire.finding import Finding, Level
from codexwire.report.report import Report
from codexwire.transcript.coverage import everything
from codexwire.transcript.judgement import Judgement, JudgeOptions
from codexwire.transcript.source import STDIN
from codexwire.usecases.across import look_across
from codexwire.usecases.judging import Advance, Judge, judge_all
from codexwire.usecases.notices import Notice, RuleIds, restored_in, skipped_in
from codexwire.usecases.recordings import recordings
from codexwire.usecases.schema_choice import AUTO, SchemaChoice
from codexwire.usecases.validate_report import Totals, coverage_of, validate_report

__all__ = ["Advance", "Validation", "validate"]


@dataclass(frozen=True, slots=True)
class Validation:
    """The judgements of recordings, in order.

    `restored` names the rules that put something back into a schema as published; `totals` has every
    point of every schema that was used, when coverage was asked for. `skipped` are the files in folders
    that were taken for no recordings.
    """

    judgements: tuple[Judgement, ...]
    restored: RuleIds
    totals: Totals
    skipped: tuple[str, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was found in all recordings, in order."""
        return tuple(finding for j in self.judgements for finding in j.findings)

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What a reader must know: schemas that are more than published, files skipped or unusable."""
        unusable = (j.unusable for j in self.judgements if j.unusable is not None)
        return (
            *restored_in(self.restored),
            *skipped_in(self.skipped),
            *(Notice("error", str(e)) for e in unusable),
        )

    def report(self, fail_on: Level = Level.ERROR) -> Report:
        """Return the report, which `codexwire.report.table.render` prints in any format."""
        return validate_report(self.judgements, fail_on, self.totals, self.restored, self.skipped)

    @property
    def coverage(self) -> float:
        """How much of what the schemas have was seen, in percent, when coverage was asked for."""
        return coverage_of(self.judgements, self.totals)

    def exit_code(
        self, fail_on: Level = Level.ERROR, *, strict: bool = False, fail_under: float = 0
    ) -> int:
        """Return 2 when a file could not be checked, 1 for findings as grave as `fail_on`, else 0.

        It is 1 also for a `coverage` below `fail_under` percent.

        What was not understood of a file is not checked. To be `strict` is to count what the schema
        leaves open as not checked.
        """
        for j in self.judgements:
            if j.unusable is not None or j.unread or (strict and (j.unchecked or j.holes)):
                return 2
        grave = [level for level in Level if level.rank <= fail_on.rank]
        if self.coverage < fail_under:
            return 1
        return int(any(j.counts[level] for j in self.judgements for level in grave))


def validate(
    *paths: str | Path,
    schema: str = AUTO,
    as_published: bool = False,
    formats: bool = False,
    max_findings: int = 1000,
    show_values: bool = False,
    coverage: bool = False,
    jobs: int | None = 1,
    project: Path | None = None,
    advance: Advance | None = None,
) -> Validation:
    """Judge recordings by the schema and by what sessions should be like, as `codexwire validate` does.

    `paths` are files, folders and globs, one of them may be `-`; saved sessions of codex are judged line by
    line. `schema` is a version, a path, or `auto`: the release that a recording names, for a saved session
    the one that made it and those after it. `max_findings` of each recording are kept, the gravest (0: all);
    strings are quoted only with `show_values`. Up to so many `jobs` are other processes, where there is
    enough to do for them; None is as many as the machine has processors. With
    the folder of a `project`, the rules of its pyproject.toml and of installed packages apply; without,
    none but codexwire's own.

    What is wrong with a recording is a finding; UsageError, IngestError and TranscriptError are for
    arguments that name nothing and a schema that cannot be used.

    >>> import codexwire, json, pathlib, tempfile
    >>> recording = pathlib.Path(tempfile.mkdtemp(), "session.jsonl")
    >>> _ = recording.write_text(json.dumps({"id": 1, "method": "thread/start", "params": {"cwd": 5}}))
    >>> found = codexwire.validate(recording, schema="0.163.0").findings
    >>> [(f.rule, f.location.pointer) for f in found if f.level == "error"]
    [('schema/type', '/params/cwd')]
    """
    named = tuple(map(str, paths))
    if schema == STDIN and (STDIN in named or (jobs or 1) > 1):
        raise UsageError(
            "the schema on standard input leaves none for recordings or other processes",
            hint="name a file",
        )
    choice = SchemaChoice(schema, as_published, formats, project)
    choice.check()
    options = JudgeOptions(max_findings, show_values, coverage)
    found = recordings(named)
    judgements = judge_all(found.paths, Judge(choice, options), jobs, advance)
    look_across(judgements)
    labels = sorted({j.schema for j in judgements if j.schema is not None})
    totals = {label: everything(choice.protocol(label)) for label in labels if coverage}
    return Validation(judgements, choice.restored(labels), totals, found.skipped)
