"""Run a program that is not ours: no shell, no terminal, limited in time and in what it writes."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from time import monotonic
from typing import IO

from codexwire.errors import IngestError
from codexwire.processes import kill_group, terminable

__all__ = ["Finished", "Limits", "Watch", "run"]

_POLL_SECONDS = 0.1

Watch = Callable[[int], None]
"""Told, while a program runs, how many bytes it has written."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a program may run, and how many bytes it may write altogether.

    `option` is that of the command line which allows more seconds, empty where none does.
    """

    seconds: float
    size: int
    option: str = "--timeout"


@dataclass(frozen=True, slots=True)
class Finished:
    """How a program ended: exit code (negative: killed by that signal), what it wrote."""

    code: int
    output: bytes
    errors: str

    @property
    def last_error(self) -> str:
        """The last line it wrote to standard error, else how it ended."""
        lines = [line.strip() for line in self.errors.splitlines() if line.strip()]
        if lines:
            return lines[-1]
        return f"signal {-self.code}" if self.code < 0 else f"exit code {self.code}"


def run(
    command: Sequence[str],
    *,
    name: str,
    writes: Path,
    limits: Limits,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
    watch: Watch | None = None,
) -> Finished:
    """Run a program to its end and return how it ended.

    `name` is what errors call it; `writes` is the folder that it writes below, whose size counts
    together with standard output and error; `folder` is its working directory; `environment`
    replaces the whole environment. Raises IngestError when it cannot be started or goes over a
    limit; it and what it started are then killed.
    """
    with terminable(), TemporaryFile() as output, TemporaryFile() as errors:
        try:
            process = subprocess.Popen(
                list(command),
                cwd=folder,
                env=None if environment is None else dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
                start_new_session=True,
            )
        except OSError as error:
            raise IngestError(f"cannot run {name}: {error.strerror or error}") from None
        try:
            _wait(process, name, limits, lambda: _written(writes, output, errors), watch)
        finally:
            kill_group(process)
            process.wait()
        output.seek(0)
        errors.seek(0)
        return Finished(process.returncode, output.read(), errors.read().decode("utf-8", "replace"))


def _wait(
    process: subprocess.Popen[bytes],
    name: str,
    limits: Limits,
    written: Callable[[], int],
    watch: Watch | None,
) -> None:
    deadline = monotonic() + limits.seconds
    running = True
    while running:
        try:
            process.wait(_POLL_SECONDS)
            running = False
        except subprocess.TimeoutExpired:
            if monotonic() > deadline:
                more = f"; {limits.option} allows more" if limits.option else ""
                raise IngestError(
                    f"{name} did not end within {limits.seconds:g} s", hint=f"it was killed{more}"
                ) from None
        size = written()
        if size > limits.size:
            raise IngestError(
                f"{name} wrote more than {limits.size >> 20} MiB", hint="it was killed"
            )
        if watch is not None:
            watch(size)


def _written(folder: Path, *files: IO[bytes]) -> int:
    total = sum(os.fstat(file.fileno()).st_size for file in files)
    for place, _, names in os.walk(folder):  # passes over folders that go away meanwhile
        for name in names:
            with suppress(OSError):
                total += os.lstat(os.path.join(place, name)).st_size  # noqa: PTH118 - quick
    return total
