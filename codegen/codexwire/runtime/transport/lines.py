"""Newline-delimited messages out of a stream of bytes."""

from __future__ import annotations

from codexwire.runtime.transport.base import MAX_MESSAGE_BYTES, TransportFailure

__all__ = ["LineSplitter"]


class LineSplitter:
    """Collects chunks and gives back the lines that they complete.

    Blank lines vanish; a carriage return before the newline does too. TransportFailure when a line
    grows beyond `limit` bytes.
    """

    def __init__(self, limit: int = MAX_MESSAGE_BYTES) -> None:
        self._limit = limit
        self._rest = bytearray()

    def feed(self, chunk: bytes) -> list[bytes]:
        """Return the lines that `chunk` completes, without their line ends."""
        if b"\n" not in chunk:
            self._keep(chunk)
            return []
        *lines, rest = chunk.split(b"\n")
        if self._rest:
            self._keep(lines[0])
            lines[0] = bytes(self._rest)
            self._rest.clear()
        self._keep(rest)
        return [line for line in (line.strip() for line in lines) if line]

    def end(self) -> list[bytes]:
        """Return what is left after the last newline, if that is anything."""
        rest = bytes(self._rest).strip()
        self._rest.clear()
        return [rest] if rest else []

    def _keep(self, chunk: bytes) -> None:
        if len(self._rest) + len(chunk) > self._limit:
            raise TransportFailure(f"a message is longer than {self._limit} bytes")
        self._rest += chunk
