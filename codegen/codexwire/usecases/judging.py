"""Recordings judged in one process or several: whole files, and a large file in pieces."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from codexwire.errors import TranscriptError
from codexwire.location import Location
from codexwire.transcript.judgement import Judgement, JudgeOptions, Schema
from codexwire.transcript.recording_judge import judge
from codexwire.transcript.server_guess import ServerGuess
from codexwire.transcript.sieve import Sieve
from codexwire.transcript.source import COMPRESSED, STDIN, OpenRecording
from codexwire.transcript.split import PIECE, SplitSource
from codexwire.usecases.schema_choice import SchemaChoice

if TYPE_CHECKING:
    from concurrent.futures import Executor

__all__ = ["Advance", "Judge", "judge_all", "judge_split", "processes", "processors"]

Advance: TypeAlias = "Callable[[int, int], None]"
"""Called with the number of bytes that were done since the last call, and of all bytes."""

_WORTH = 8 << 20
"""So many bytes take longer to judge than another process takes to begin."""


def processes(jobs: int | None, size: int) -> int:
    """Return how many processes judge so many bytes: `jobs` at most, by default one a processor."""
    return max(1, min(processors() if jobs is None else jobs, size // _WORTH))


def processors() -> int:
    """Return how many processors this process may use."""
    usable = getattr(os, "sched_getaffinity", lambda _: range(os.cpu_count() or 1))
    return len(usable(0))


@dataclass(frozen=True, slots=True)
class Judge:
    """What judges one recording, also in another process."""

    choice: SchemaChoice
    options: JudgeOptions

    def __call__(self, path: str, advance: Callable[[int], None] | None = None) -> Judgement:
        """Return the judgement of a recording."""
        return judge(
            OpenRecording(path, advance=advance), self.choice, self.options, self.choice.ladder
        )


def judge_all(
    paths: Sequence[str], judge_one: Judge, jobs: int | None, advance: Advance | None
) -> tuple[Judgement, ...]:
    """Return the judgements of recordings, the same whatever `jobs` is. TranscriptError where a process dies.

    A file that alone is more than one process's share is split, unless it is compressed.
    """
    sizes = {path: _size(path) for path in paths}
    total = sum(sizes.values())

    def done(size: int) -> None:
        if advance is not None:
            advance(size, total)

    count = processes(jobs, total)
    if count == 1:
        return tuple(judge_one(path, done) for path in paths)
    large = [p for p in sizes if sizes[p] * count > total and _is_split(p, judge_one.options)]
    found = {path: judge_split(path, judge_one, count, done) for path in large}
    rest = {path: size for path, size in sizes.items() if path not in found}
    count = processes(min(count, len(rest)), sum(rest.values()))
    if count == 1:
        found |= {path: judge_one(path, done) for path in rest}
    else:
        found |= _judge_apart(rest, judge_one, count, done)
    return tuple(found[path] for path in paths)


def _is_split(path: str, options: JudgeOptions) -> bool:
    """Whether the content can be read in pieces, and nothing is asked of every message."""
    if options.coverage or path == STDIN:
        return False
    try:
        with Path(path).open("rb") as file:
            return COMPRESSED.match(file.read(4)) is None
    except OSError:
        return False


def _judge_apart(
    sizes: dict[str, int], judge_one: Judge, count: int, done: Callable[[int], None]
) -> dict[str, Judgement]:
    """Judge the largest files first, so that no process is left with one at the end."""
    with _pool(count, "recordings") as pool:
        futures = {
            path: pool.submit(judge_one, path)
            for path in sorted(sizes, key=sizes.__getitem__, reverse=True)
            if path != STDIN
        }
        found = {STDIN: judge_one(STDIN)} if STDIN in sizes else {}
        for path, future in futures.items():
            found[path] = future.result()
            done(sizes[path])
    return found


def judge_split(path: str, judge_one: Judge, count: int, done: Callable[[int], None]) -> Judgement:
    """Judge a recording whose pieces are sifted by other processes."""
    with _pool(count, path) as pool:
        source = SplitSource(path, ahead=2 * count, size=PIECE, advance=done)

        def choose(server: ServerGuess) -> Schema:
            source.sift = lambda piece: pool.submit(_sift, judge_one.choice, server, piece)
            return judge_one.choice(server)

        return judge(source, choose, judge_one.options, judge_one.choice.ladder)


_SIEVES: dict[tuple[SchemaChoice, ServerGuess], Sieve] = {}


def _sift(choice: SchemaChoice, server: ServerGuess, piece: bytes) -> bytes:
    """Sift a piece by the schema for what is known of its server."""
    key = choice, server
    if key not in _SIEVES:
        _SIEVES[key] = Sieve(choice(server).validators)
    return _SIEVES[key](piece)


@contextmanager
def _pool(count: int, what: str) -> Iterator[Executor]:
    """Give processes; TranscriptError when one of them dies."""
    from concurrent.futures import BrokenExecutor, ProcessPoolExecutor  # most runs need no other
    from multiprocessing import get_context

    # A fork has the schemas that are compiled here; beside threads, or on other systems, it is not safe.
    is_safe = sys.platform == "linux" and threading.active_count() == 1
    context = get_context("fork" if is_safe else "spawn")
    try:
        with ProcessPoolExecutor(count, mp_context=context) as pool:
            yield pool
    except BrokenExecutor:
        raise TranscriptError(
            "a process that judged recordings died",
            location=Location(what),
            hint="was there enough memory? `--jobs 1` needs the least",
        ) from None


def _size(path: str) -> int:
    file = Path(path)
    return file.stat().st_size if path != STDIN and file.is_file() else 0
