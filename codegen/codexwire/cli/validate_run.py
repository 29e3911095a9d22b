"""Many recordings at a time: one process or several, the same result in the same order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TypeAlias

from codexwire.cli.validate_schemas import SchemaChoice
from codexwire.errors import TranscriptError
from codexwire.finding import Level
from codexwire.location import Location
from codexwire.transcript.coverage import Point, everything
from codexwire.transcript.judge import judge
from codexwire.transcript.judgement import Judgement, Options
from codexwire.transcript.source import STDIN, Source

__all__ = ["Request", "exit_code", "run", "totals"]


Advance: TypeAlias = "Callable[[int], None]"
"""Called with the number of bytes that are done."""


@dataclass(frozen=True, slots=True)
class Request:
    """One run: the files, by which schema, what to keep, and how many processes."""

    paths: tuple[str, ...]
    choice: SchemaChoice
    options: Options
    jobs: int = 1


def run(request: Request) -> list[Judgement]:
    """Return the judgement of every file, in order; shows progress on a terminal."""
    how = (request.choice, request.options)
    with _progress(request.paths) as advance:
        if request.jobs == 1 or len(request.paths) < 2:
            return [_judge(path, *how, advance) for path in request.paths]
        return _in_processes(request, how, advance)


def _judge(
    path: str, choice: SchemaChoice, options: Options, advance: Advance | None = None
) -> Judgement:
    return judge(Source(path, advance=advance), choice, options)


def _in_processes(
    request: Request, how: tuple[SchemaChoice, Options], advance: Advance
) -> list[Judgement]:
    """Judge the largest files first, so that no process is left with one at the end."""
    sizes = {path: _size(path) for path in request.paths}
    # Started afresh rather than forked: the same on every platform, and safe beside threads.
    with ProcessPoolExecutor(request.jobs, mp_context=get_context("spawn")) as pool:
        futures = {
            path: pool.submit(_judge, path, *how)
            for path in sorted(sizes, key=sizes.__getitem__, reverse=True)
            if path != STDIN
        }
        done = {STDIN: _judge(STDIN, *how)} if STDIN in sizes else {}
        for path, future in futures.items():
            try:
                done[path] = future.result()
            except BrokenExecutor:
                raise TranscriptError(
                    "a process that judged recordings died",
                    location=Location(path),
                    hint="was there enough memory? `--jobs 1` needs the least",
                ) from None
            advance(sizes[path])
    return [done[path] for path in request.paths]


def _size(path: str) -> int:
    file = Path(path)
    return file.stat().st_size if path != STDIN and file.is_file() else 0


def totals(request: Request, judgements: Sequence[Judgement]) -> dict[str, frozenset[Point]]:
    """Return every point of every schema that recordings were judged by; empty without coverage."""
    if not request.options.coverage:
        return {}
    labels = sorted({j.schema for j in judgements if j.schema is not None})
    return {label: everything(request.choice.protocol(label)) for label in labels}


def exit_code(judgements: Sequence[Judgement], fail_on: Level, *, strict: bool = False) -> int:
    """Return 2 when a file could not be checked, 1 for findings as grave as `fail_on`, else 0.

    What was not understood of a file is not checked. To be `strict` is to count what the schema leaves
    open as not checked.
    """
    if any(j.unusable is not None or j.unread for j in judgements):
        return 2
    if strict and any(j.unchecked or j.holes for j in judgements):
        return 2
    grave = [level for level in Level if level.rank <= fail_on.rank]
    return int(any(j.counts[level] for j in judgements for level in grave))


@contextmanager
def _progress(paths: Sequence[str]) -> Iterator[Advance]:
    """Give a function that counts bytes done, shown as a bar on standard error if it is a terminal."""
    import sys

    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("validating"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("validating", total=sum(map(_size, paths)) or None)
        yield lambda size: bar.advance(task, size)
