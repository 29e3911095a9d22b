"""A connection to a probed server: writes bytes, reads lines, and never waits without a limit."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from queue import Empty, Queue, SimpleQueue
from time import monotonic
from typing import IO, Any, Protocol

from codexwire.processes import kill_group

__all__ = ["LONGEST", "GoneError", "Line", "ProcessLine"]

LONGEST = 64 << 20
"""The bytes that one message may have."""

_HELD = 1000
_GRACE = 3.0
_JOIN = 0.5


class GoneError(Exception):
    """The server is no longer there, or sends what cannot be read; the text says what is known."""


class Line(Protocol):
    """Both directions of one connection."""

    def send(self, text: bytes) -> None:
        """Give one message to the server; returns at once."""

    def receive(self, seconds: float) -> bytes | None:
        """Return the next line, None when none came in time; GoneError when none will come."""

    def close(self) -> int | None:
        """End the connection, and the process with all its children; its exit code if it has one."""


class ProcessLine:
    """A server that is started for this line, with its standard streams.

    It leads a process group of its own, and everything in the group ends with it.
    """

    def __init__(
        self, command: Sequence[str], *, environment: Mapping[str, str], folder: Path
    ) -> None:
        group: dict[str, Any] = {} if sys.platform == "win32" else {"start_new_session": True}
        self._process = subprocess.Popen(
            list(command),
            env=dict(environment),
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            **group,
        )
        self._lines: Queue[bytes | None] = Queue(_HELD)
        self._texts: SimpleQueue[bytes | None] = SimpleQueue()
        self._closing = threading.Event()
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._threads = [
            threading.Thread(target=self._read, args=(self._process.stdout,), daemon=True),
            threading.Thread(target=self._write, args=(self._process.stdin,), daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def send(self, text: bytes) -> None:
        """Give one message to the server; a server that does not read makes nobody wait."""
        self._texts.put(text)

    def receive(self, seconds: float) -> bytes | None:
        """Return the next line, None when none came in time; GoneError when the output ended."""
        try:
            line = self._lines.get(timeout=max(seconds, 0.0))
        except Empty:
            return None
        if line is None:
            self._lines.put(None)  # for whoever asks again
            raise GoneError(self._how_it_ended())
        return line

    def close(self) -> int | None:
        """Close the input, give the server a moment to end by itself, kill what is left."""
        self._closing.set()
        self._texts.put(None)
        with suppress(subprocess.TimeoutExpired):
            self._wait(_GRACE)
        kill_group(self._process)
        code = self._process.wait()
        for thread, stream in zip(
            self._threads, (self._process.stdout, self._process.stdin), strict=True
        ):
            thread.join(_JOIN)
            if stream is not None and not thread.is_alive():  # a child that stays may hold the pipe
                with suppress(OSError):
                    stream.close()
        return code

    def _wait(self, seconds: float) -> None:
        """Wait for the process to end, taking its output from it so that it can."""
        end = monotonic() + seconds
        while self._process.poll() is None and monotonic() < end:
            with suppress(Empty):
                self._lines.get(timeout=0.05)

    def _how_it_ended(self) -> str:
        try:
            code = self._process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            return "it closed its output or sent a line that is too long"
        return f"killed by signal {-code}" if code < 0 else f"exit code {code}"

    def _read(self, stream: IO[bytes]) -> None:
        with suppress(OSError, ValueError):
            while line := stream.readline(LONGEST):
                if not line.endswith(b"\n") and len(line) >= LONGEST:
                    break
                self._hold(line.rstrip(b"\r\n"))
        self._hold(None)

    def _hold(self, line: bytes | None) -> None:
        """Keep a line until it is asked for; the server waits meanwhile, but not once it is to end."""
        while True:
            with suppress(Exception):
                self._lines.put(line, timeout=0.1)
                return
            if self._closing.is_set() and line is not None:
                return

    def _write(self, stream: IO[bytes]) -> None:
        with suppress(OSError, ValueError):
            while (text := self._texts.get()) is not None:
                stream.write(text + b"\n")
                stream.flush()
            stream.close()
