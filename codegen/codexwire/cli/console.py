"""What long work shows: a spinner or a bar on a terminal, nothing anywhere else."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from codexwire.progress import Say

__all__ = ["byte_progress", "steps"]


@contextmanager
def steps(of: str = "") -> Iterator[Say]:
    """Give a function that shows what is being done, behind what it is a step `of`, with a spinner."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.markup import escape

    with Console(stderr=True).status("") as status:
        yield lambda text: status.update(escape(of + text))


@contextmanager
def byte_progress(text: str) -> Iterator[Callable[[int, int], None]]:
    """Give a function that counts bytes done, of how many, and shows them as a bar with rate and time."""
    if not sys.stderr.isatty():
        yield lambda _done, _all: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )

    measures = (DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    columns = (TextColumn(text), BarColumn(), *measures)
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(text, total=None)
        yield lambda done, total: bar.update(task, advance=done, total=total or None)
