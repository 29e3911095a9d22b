"""What long work shows: a spinner on a terminal, nothing anywhere else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["progress", "steps"]


@contextmanager
def progress(text: str) -> Iterator[None]:
    """Show `text` with a spinner on standard error while the block runs, if that is a terminal."""
    with steps() as say:
        say(text)
        yield


@contextmanager
def steps() -> Iterator[Callable[[str], None]]:
    """Give a function that shows what is being done, as `progress` does, until the block ends."""
    import sys

    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.markup import escape

    with Console(stderr=True).status("") as status:
        yield lambda text: status.update(escape(text))
