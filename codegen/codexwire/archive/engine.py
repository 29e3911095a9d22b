"""Who does the tasks: processes of this machine, the workers of a Dask cluster, or any other executor."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from itertools import islice

from codexwire.archive.pool import Pool
from codexwire.archive.run_task import run_task
from codexwire.archive.work import Result, Task
from codexwire.errors import UsageError
from codexwire.usecases.judging import processors

__all__ = ["LOCAL", "Engine", "done", "engine_of"]

LOCAL = "local"
_LOOK = 5
"""How often, in seconds, it is checked whether the workers are still there."""


@dataclass(frozen=True)
class Engine:
    """`open` gives a pool, `died` is what is raised for a task that is lost with its process."""

    open: Callable[[], AbstractContextManager[Pool]]
    died: tuple[type[Exception], ...] = (BrokenExecutor,)


def engine_of(executor: Executor | str, jobs: int | None) -> Engine:
    """Return the engine of a name: `local`, or the address of a scheduler of Dask.

    `jobs` is how many processes there are of this machine, by default one a processor. UsageError for
    another name. What the caller's own executor raises is passed on.
    """
    count = jobs or processors()
    if isinstance(executor, Executor):
        pool = Pool(executor, lambda: 2 * count)
        return Engine(lambda: nullcontext(pool), died=())
    if executor == LOCAL:
        return Engine(lambda: _processes(count))
    if "://" in executor:
        return _dask(executor)
    raise UsageError(f"no executor {executor!r}", hint="local, or tcp://HOST:PORT of a scheduler")


@contextmanager
def _processes(count: int) -> Iterator[Pool]:
    # Not a fork: file systems have threads.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(count, mp_context=context, initializer=_end_with_parent)
    try:
        yield Pool(pool, lambda: count + 1)
    finally:
        pool.shutdown(cancel_futures=True)


def _end_with_parent() -> None:
    """Let this process end when the one that started it is killed."""
    threading.Thread(target=_wait_for_parent, daemon=True).start()


def _wait_for_parent() -> None:
    if (parent := multiprocessing.parent_process()) is not None:
        parent.join()
        os._exit(1)


def _dask(address: str) -> Engine:
    from codexwire.archive.cluster import KilledWorker, connected  # slow: only who has one waits

    return Engine(lambda: connected(address), (BrokenExecutor, KilledWorker))


def done(engine: Engine, tasks: Iterator[Task]) -> Generator[tuple[Task, Result]]:
    """Yield tasks with their results, in the order in which they are done; few are under way at a time.

    A task that is lost with its process is done again alone, then in halves, until it is known which file
    the process dies of: that file gets a problem. Raises what tasks raise, and TranscriptError where a
    cluster is gone.
    """
    while True:
        lost: list[Task] = []
        yield from _until_broken(engine, tasks, lost)
        if not lost:
            return
        for task in lost:
            yield from _alone(engine, task)


def _until_broken(
    engine: Engine, tasks: Iterator[Task], lost: list[Task]
) -> Iterator[tuple[Task, Result]]:
    with engine.open() as pool:
        running: dict[Future[Result], Task] = {}
        while True:
            free = pool.width() - len(running)
            for task in islice(tasks, max(0, free)):
                try:
                    running[pool.executor.submit(run_task, task)] = task
                except engine.died:
                    lost += [task, *running.values()]
                    return
            if not running:
                return
            for future in wait(running, _LOOK, FIRST_COMPLETED).done:
                task = running.pop(future)
                try:
                    yield task, future.result()
                except engine.died as death:
                    lost.append(task)
                    if isinstance(death, BrokenExecutor):
                        lost += running.values()
                        return


def _alone(engine: Engine, task: Task) -> Iterator[tuple[Task, Result]]:
    try:
        with engine.open() as pool:
            future = pool.executor.submit(run_task, task)
            while not wait([future], _LOOK).done:
                pool.width()  # raises when nobody is left to do it
            result = future.result()
    except engine.died:
        if len(task.items) > 1:
            for half in task.halves():
                yield from _alone(engine, half)
            return
        result = run_task(task.failed("died", "the process that judged it died"))
    yield task, result
