"""What a server writes to its standard error: told line by line, and its end kept."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final, TypeAlias

__all__ = ["Errors", "Tell"]

Tell: TypeAlias = Callable[[str], object]
"""Is called with each line, without its line end, as soon as it comes."""

_LOG = logging.getLogger("codexwire.client")
_KEPT: Final = 64 * 1024


class Errors:
    """Takes in standard error; `tail` is the last 64 KiB of it."""

    def __init__(self, tell: Tell | None = None) -> None:
        self._tell = tell
        self._kept = bytearray()
        self._line = bytearray()

    @property
    def tail(self) -> str:
        """The end of what was written."""
        return self._kept.decode("utf-8", "replace")

    def add(self, chunk: bytes) -> None:
        """Take in what was written; a line longer than 64 KiB is told in parts."""
        self._kept += chunk
        del self._kept[:-_KEPT]
        if self._tell is None:
            return
        *lines, rest = (self._line + chunk).split(b"\n")
        for line in lines:
            self._say(line)
        self._line = rest
        if len(rest) > _KEPT:
            self.end()

    def end(self) -> None:
        """Tell what stands behind the last line feed."""
        if self._line:
            self._say(self._line)
            self._line = bytearray()

    def _say(self, line: bytes | bytearray) -> None:
        if self._tell is None:
            return
        try:
            self._tell(line.decode("utf-8", "replace").rstrip("\r"))
        except Exception:  # what watches must not end what it watches
            _LOG.exception("what takes the lines of standard error raised; it gets no more")
            self._tell = None
