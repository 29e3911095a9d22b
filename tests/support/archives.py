"""Archives made from the recordings kept here, the tables of them, and where they are judged."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from codexwire.archive.engine import run_task
from codexwire.archive.work import Result, Task

__all__ = ["Cluster", "cluster", "deadly", "fill", "tables", "until"]

DATA = Path(__file__).parents[1] / "data"
SESSIONS = [
    *sorted((DATA / "recordings" / "0.163.0").glob("*.jsonl")),
    *sorted((DATA / "rollouts" / "sessions" / "0.163.0").rglob("*.jsonl"))[:6],
    *sorted((DATA / "rollouts" / "exec" / "0.163.0").rglob("*.jsonl"))[:3],
]
_LIMIT = 60
EMPTY: Mapping[str, str] = {}


def fill(folder: Path, copies: int = 1) -> Path:
    """Write every session so often into folders of a folder, which is returned."""
    for number in range(copies):
        place = folder / f"{number:04}"
        place.mkdir(parents=True)
        for path in SESSIONS:
            shutil.copyfile(path, place / path.name)
    return folder


def tables(folder: Path, without: tuple[str, ...] = ()) -> dict[str, list[tuple[Any, ...]]]:
    """Return the rows of all tables, sorted, each without the columns that are named."""
    found = {}
    for table in sorted(path for path in folder.iterdir() if path.is_dir()):
        rows = [row for part in table.glob("*.parquet") for row in pq.read_table(part).to_pylist()]
        kept = [tuple(repr(v) for name, v in row.items() if name not in without) for row in rows]
        found[table.name] = sorted(kept)
    return found


def deadly(task: Task) -> Result:
    """Do a task, and die of a file with that name."""
    if any("deadly" in item.path and item.problem is None for item in task.items):
        os._exit(9)
    return run_task(task)


def until(true: Callable[[], object]) -> None:
    """Wait for something to become true."""
    end = time.monotonic() + _LIMIT
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


class Cluster:
    """A scheduler of Dask and its workers, each a process on loopback."""

    def __init__(
        self, stack: ExitStack, folder: Path, protocol: str, environment: Mapping[str, str]
    ) -> None:
        self._stack = stack
        self._folder = folder
        self._environment = environment
        file = folder / "scheduler.json"
        arguments = ("scheduler", "--host", f"{protocol}://127.0.0.1", "--port", "0")
        self.scheduler = self._start(*arguments, "--no-dashboard", "--scheduler-file", str(file))
        until(lambda: file.exists() and file.read_text("utf-8").endswith("}"))
        self._file = file
        self.workers: list[subprocess.Popen[bytes]] = []

    @property
    def address(self) -> str:
        """The address of the scheduler."""
        return str(json.loads(self._file.read_text("utf-8"))["address"])

    def add_worker(self, **environment: str) -> None:
        """Start a worker; the scheduler may hear of it later."""
        options = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1")
        worker = self._start("worker", self.address, *options, **environment)
        self.workers.append(worker)

    def _start(self, *arguments: str, **environment: str) -> subprocess.Popen[bytes]:
        log = self._stack.enter_context((self._folder / "log").open("ab"))
        command = [sys.executable, "-m", "dask", *arguments]
        process = subprocess.Popen(
            command,
            cwd=self._folder,
            env=os.environ | self._environment | environment,
            stdout=log,
            stderr=log,
        )
        self._stack.callback(process.wait)
        self._stack.callback(process.kill)
        return process

    @property
    def log(self) -> str:
        """What scheduler and workers have said."""
        return (self._folder / "log").read_text("utf-8", "replace")


@contextmanager
def cluster(
    folder: Path, workers: int = 2, protocol: str = "tcp", environment: Mapping[str, str] = EMPTY
) -> Iterator[Cluster]:
    """Give a cluster whose processes have some more environment; it ends with the block."""
    folder.mkdir()
    with ExitStack() as stack:
        found = Cluster(stack, folder, protocol, environment)
        for _ in range(workers):
            found.add_worker()
        yield found
