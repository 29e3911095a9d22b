"""Recordings judged, one or many, in one process or several, the same result in the same order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from codexwire.errors import TranscriptError, UsageError
from codexwire.finding import Finding, Level
from codexwire.location import Location
from codexwire.report.report import Report
from codexwire.transcript.coverage import everything
from codexwire.transcript.judge import judge
from codexwire.transcript.judgement import Judgement, Options
from codexwire.transcript.source import STDIN, Source
from codexwire.usecases.across import look_across
from codexwire.usecases.notices import Notice, RuleIds, restored_in, skipped_in
from codexwire.usecases.recordings import recordings
from codexwire.usecases.schema_choice import AUTO, SchemaChoice
from codexwire.usecases.validate_report import Totals, coverage_of, validate_report

__all__ = ["Advance", "Validation", "validate"]

Advance: TypeAlias = "Callable[[int, int], None]"
"""Called with the number of bytes that were done since the last call, and of all bytes."""


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
    jobs: int = 1,
    project: Path | None = None,
    advance: Advance | None = None,
) -> Validation:
    """Judge recordings by the schema and by what sessions should be like, as `codexwire validate` does.

    `paths` are files, folders and globs, one of them may be `-`; saved sessions of codex are judged line by
    line. `schema` is a version, a path, or `auto`: the release that a recording names, for a saved session
    the one that made it and those after it. `max_findings` of each recording are kept, the gravest (0: all);
    strings are quoted only with `show_values`. Other processes are used for more than one of `jobs`. With
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
    if schema == STDIN and (STDIN in named or jobs > 1):
        raise UsageError(
            "the schema on standard input leaves none for recordings or other processes",
            hint="name a file",
        )
    choice = SchemaChoice(schema, as_published, formats, project)
    choice.check()
    options = Options(max_findings, show_values, coverage)
    found = recordings(named)
    judgements = _judgements(found.paths, _Judge(choice, options), jobs, advance)
    look_across(judgements)
    labels = sorted({j.schema for j in judgements if j.schema is not None})
    totals = {label: everything(choice.protocol(label)) for label in labels if coverage}
    return Validation(judgements, choice.restored(labels), totals, found.skipped)


@dataclass(frozen=True, slots=True)
class _Judge:
    """What judges one recording, also in another process."""

    choice: SchemaChoice
    options: Options

    def __call__(self, path: str, advance: Callable[[int], None] | None = None) -> Judgement:
        return judge(Source(path, advance=advance), self.choice, self.options, self.choice.ladder)


def _judgements(
    paths: Sequence[str], judge_one: _Judge, jobs: int, advance: Advance | None
) -> tuple[Judgement, ...]:
    sizes = {path: _size(path) for path in paths}
    total = sum(sizes.values())

    def done(size: int) -> None:
        if advance is not None:
            advance(size, total)

    if jobs == 1 or len(paths) < 2:
        return tuple(judge_one(path, done) for path in paths)
    found = _in_processes(sizes, judge_one, jobs, done)
    return tuple(found[path] for path in paths)


def _in_processes(
    sizes: dict[str, int], judge_one: _Judge, jobs: int, done: Callable[[int], None]
) -> dict[str, Judgement]:
    """Judge the largest files first, so that no process is left with one at the end."""
    from concurrent.futures import BrokenExecutor, ProcessPoolExecutor  # most runs need no other
    from multiprocessing import get_context

    # Started afresh rather than forked: the same on every platform, and safe beside threads.
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        futures = {
            path: pool.submit(judge_one, path)
            for path in sorted(sizes, key=sizes.__getitem__, reverse=True)
            if path != STDIN
        }
        found = {STDIN: judge_one(STDIN)} if STDIN in sizes else {}
        for path, future in futures.items():
            try:
                found[path] = future.result()
            except BrokenExecutor:
                raise TranscriptError(
                    "a process that judged recordings died",
                    location=Location(path),
                    hint="was there enough memory? `--jobs 1` needs the least",
                ) from None
            done(sizes[path])
    return found


def _size(path: str) -> int:
    file = Path(path)
    return file.stat().st_size if path != STDIN and file.is_file() else 0
