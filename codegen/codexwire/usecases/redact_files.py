"""Redacts many recordings into a folder of their own."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Sequence
from glob import has_magic
from pathlib import Path
from typing import NamedTuple

from codexwire.errors import CodexwireError, UsageError
from codexwire.files import unwritable
from codexwire.location import Location
from codexwire.proxy.redact import Redactor
from codexwire.report.words import many
from codexwire.transcript.source import STDIN
from codexwire.usecases.notices import Notice, skipped_in
from codexwire.usecases.recordings import recordings
from codexwire.usecases.redact import check_strips, redact_file, told_of

__all__ = ["is_one_file", "redact_files"]


class _Job(NamedTuple):
    source: str
    target: Path


def is_one_file(paths: Sequence[str], output: Path | None) -> bool:
    """Whether a command line names one file, or standard input, to become one."""
    one = len(paths) == 1 and (Path(paths[0]).exists() or not has_magic(paths[0]))
    return one and not Path(paths[0]).is_dir() and (output is None or not output.is_dir())


def redact_files(
    paths: Sequence[str],
    folder: Path,
    words: Iterable[str] = (),
    strip: Iterable[str] = (),
    *,
    force: bool = False,
) -> tuple[Notice, ...]:
    """Redact files, folders and globs into a folder, as `redact` does one file; the same by the same in all.

    The tree below a folder, or below the fixed part of a glob, stays as it is; of several arguments each
    folder's lies below its name. What is learnt in one file is gone from all others. Files that are there
    are replaced with `force` alone. Returns an error for every file that was not redacted; the others are.
    Raises UsageError, before anything is written, for paths that name nothing, for parts that cannot be left
    out, and where a result would lie in what is read or two would be one file.
    """
    jobs, skipped = _planned(paths, folder)
    redactor, parts = Redactor.of_this_machine(tuple(words)), check_strips(strip)
    wrong: list[Notice] = []
    stripped: Counter[str] = Counter()
    known: dict[_Job, int] = {}
    for job in jobs:
        try:
            _make_room(job.target, folder, force=force)
            found = redact_file(job.source, job.target, redactor, parts)
        except CodexwireError as error:
            wrong.append(_told(error, job))
            continue
        known[job] = len(redactor.learnt.known)
        stripped += found.stripped
        wrong += found.wrong
    told = (Notice("note", f"{many(len(known), 'file')} redacted"), *told_of(redactor, stripped))
    for job in known:
        if known[job] < len(redactor.learnt.known):  # a later file told what may stand in this one
            try:
                redact_file(job.source, job.target, redactor, parts)
            except CodexwireError as error:
                job.target.unlink(missing_ok=True)
                wrong.append(_told(error, job))
    return (*told, *skipped_in(skipped), *wrong)


def _told(error: CodexwireError, job: _Job) -> Notice:
    return Notice("error", str(error) if error.location else f"{job.source}: {error}")


def _make_room(target: Path, folder: Path, *, force: bool) -> None:
    """Make the folders of a result; UsageError when it is there, lies elsewhere, or cannot be made."""
    if not Path(os.path.realpath(target)).is_relative_to(os.path.realpath(folder)):
        raise UsageError("a link leads out of the folder", location=Location(str(target)))
    if target.exists() and not force:
        raise UsageError(
            "the result is there already",
            location=Location(str(target)),
            hint="--force replaces it",
        )
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise unwritable(target, problem) from None


def _planned(paths: Sequence[str], folder: Path) -> tuple[list[_Job], tuple[str, ...]]:
    """Return what is redacted into what, and the files of folders that are taken for no recordings."""
    if STDIN in paths:
        raise UsageError("standard input becomes one file", hint="name it alone")
    if folder.exists() and not folder.is_dir():
        raise UsageError(
            "several files need a folder to go to, and this is none", location=Location(str(folder))
        )
    jobs: dict[Path, str] = {}
    skipped: dict[str, None] = {}
    for path in paths:
        found = recordings([path])
        skipped |= dict.fromkeys(found.skipped)
        base = _base(path, named=len(paths) > 1)
        for source in found.paths:
            target = folder / os.path.relpath(source, base)
            if jobs.setdefault(target, source) != source:
                raise UsageError(
                    f"{jobs[target]} and {source} would become one file",
                    location=Location(str(target)),
                    hint="name the folder that holds both",
                )
    _keep_apart(jobs, [Path(path) for path in paths if Path(path).is_dir()])
    return [_Job(source, target) for target, source in jobs.items()], tuple(skipped)


def _base(path: str, *, named: bool) -> Path:
    """Return the folder below which the tree of a path is kept; with its name, if that is to be seen."""
    if Path(path).is_dir():
        whole = Path(os.path.abspath(path))  # noqa: PTH100 - a link keeps its name
        return whole.parent if named else whole
    parts = Path(path).parent.parts
    fixed = next((n for n, part in enumerate(parts) if has_magic(part)), len(parts))
    return Path(*parts[:fixed])


def _keep_apart(jobs: dict[Path, str], folders: Iterable[Path]) -> None:
    """UsageError where a result would lie in a folder that is read, or in the place of a file that is."""
    read = {os.path.realpath(source) for source in jobs.values()}
    within = [Path(os.path.realpath(folder)) for folder in folders]
    for target in jobs:
        real = Path(os.path.realpath(target))
        if str(real) in read or any(real.is_relative_to(folder) for folder in within):
            raise UsageError(
                "the result would lie in what is read",
                location=Location(str(target)),
                hint="name a folder outside of it",
            )
