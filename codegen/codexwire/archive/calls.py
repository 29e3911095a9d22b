"""The four commands: sources in, tables out."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from codexwire.archive.digests import python, settings_of, tool
from codexwire.archive.engine import LOCAL, done, engine_of
from codexwire.archive.listing import listed_files, tasks_of, weight
from codexwire.archive.outcome import Outcome, outcome_of
from codexwire.archive.store import Store, opened
from codexwire.archive.work import Task, Work
from codexwire.errors import UsageError
from codexwire.usecases.judging import Advance
from codexwire.usecases.notices import Say, silent
from codexwire.usecases.schema_choice import AUTO, SchemaChoice

__all__ = ["coverage", "drift", "usage", "validate"]


def validate(
    *sources: str | Path,
    out: str | Path,
    schema: str = AUTO,
    max_findings: int = 1000,
    executor: Executor | str = LOCAL,
    jobs: int | None = None,
    resume: bool = False,
    advance: Advance | None = None,
    trouble: Say = silent,
) -> Outcome:
    """Judge the sessions of an archive, as `codexwire archive validate` does: table `findings`.

    `sources` are paths, globs and folders on file systems of fsspec, `out` is the folder of the tables.
    `schema` is as for `codexwire.validate`, without the rules of projects; `max_findings` of each session
    are kept. `executor` is `local` (so many `jobs`), the address of a Dask scheduler, or an executor; local
    processes import the script that calls this, which must do so below `if __name__ == "__main__":`.
    With `resume`, sessions are left out that the tables know as they are now.

    `advance` is called with the bytes that were done, and all; `trouble` with a line for each file that
    could not be judged, which is a row in `sessions`. UsageError for what cannot be used at all:
    sources, schema, folder, scheduler.
    """
    SchemaChoice(schema).check()
    work = Work("validate", schema=schema, max_findings=max_findings)
    return _run(sources, work, out, executor, jobs, resume, advance, trouble)


def coverage(
    *sources: str | Path,
    out: str | Path,
    schema: str = AUTO,
    executor: Executor | str = LOCAL,
    jobs: int | None = None,
    resume: bool = False,
    advance: Advance | None = None,
    trouble: Say = silent,
) -> Outcome:
    """Tell which points of the protocol the sessions of an archive exercise: table `coverage`.

    The arguments are those of `validate`.
    """
    SchemaChoice(schema).check()
    work = Work("coverage", schema=schema, max_findings=1)
    return _run(sources, work, out, executor, jobs, resume, advance, trouble)


def drift(
    *sources: str | Path,
    out: str | Path,
    package: str | None = None,
    executor: Executor | str = LOCAL,
    jobs: int | None = None,
    resume: bool = False,
    advance: Advance | None = None,
    trouble: Say = silent,
) -> Outcome:
    """Tell how far the sessions of an archive and generated models have drifted: table `drift`.

    `package` is the generated package, which workers must have, too; by default the one that comes with
    codexwire for what a file holds. The other arguments are those of `validate`.
    """
    work = Work("drift", package=package)
    return _run(sources, work, out, executor, jobs, resume, advance, trouble)


def usage(
    *sources: str | Path,
    out: str | Path,
    executor: Executor | str = LOCAL,
    jobs: int | None = None,
    resume: bool = False,
    advance: Advance | None = None,
    trouble: Say = silent,
) -> Outcome:
    """Tell the turns and tokens of every thread of an archive: table `usage`.

    The arguments are those of `validate`.
    """
    return _run(sources, Work("usage"), out, executor, jobs, resume, advance, trouble)


def _run(
    sources: Sequence[str | Path],
    work: Work,
    out: str | Path,
    executor: Executor | str,
    jobs: int | None,
    resume: bool,
    advance: Advance | None,
    trouble: Say,
) -> Outcome:
    if not sources:
        raise UsageError("name what to read", hint="paths, globs and folders")
    work = replace(work, tool=tool(), settings=settings_of(work), python=python())
    engine = engine_of(executor, jobs)
    judged, seconds, silent = 0, 0.0, set[str]()
    with opened(Path(out), work, resume=resume) as store, TemporaryFile() as spool:
        total = _write(spool, _tasks([*map(str, sources)], work, store))
        tasks = (task.giving_up(silent) for task in _read(spool))
        with closing(done(engine, tasks)) as results:
            for task, result in results:
                store.write(task.items, result)
                judged += len(task.items) - len(result.troubles)
                seconds += result.seconds
                silent |= result.silent
                silent -= result.answering  # to another worker
                if advance is not None:
                    advance(sum(map(weight, task.items)), total)
                for line in result.troubles:
                    trouble(line)
        return outcome_of(store.folder, store.sessions(), judged, seconds)


def _tasks(sources: Sequence[str], work: Work, store: Store) -> Iterator[Task]:
    return tasks_of(work, (item for item in listed_files(sources) if not store.knows(item)))


def _write(spool: IO[bytes], tasks: Iterable[Task]) -> int:
    """Write all tasks into a file, where they take no memory, and return how many bytes they are about."""
    total = 0
    for task in tasks:
        total += sum(map(weight, task.items))
        pickle.dump(task, spool)
    spool.seek(0)
    return total


def _read(spool: IO[bytes]) -> Iterator[Task]:
    while True:
        try:
            yield pickle.load(spool)
        except EOFError:
            return
