"""Time limits of requests and waits, with an error that says what did not come."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import anyio

from codexwire.runtime.errors import RequestTimeoutError

__all__ = ["within"]


@contextmanager
def within(
    seconds: float | None, method: str, missing: str | None = None, *, left: float | None = None
) -> Iterator[None]:
    """Let the block take at most so many seconds (None: no limit), else RequestTimeoutError.

    `method` is what was asked for or waited for; `missing` says in words what did not come; `left` is
    what is left of the seconds.
    """
    if seconds is None:
        yield
        return
    with anyio.move_on_after(seconds if left is None else left) as scope:
        yield
    if scope.cancelled_caught:
        raise RequestTimeoutError(method, seconds, missing)
