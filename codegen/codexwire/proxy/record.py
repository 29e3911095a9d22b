"""Writes a recording; messages that came together are in the file before the next are read.

A process that is killed loses at most the messages that it was writing, one unless several came at once,
in a compressed file too: the compressors are flushed each time.
"""

from __future__ import annotations

import errno
import os
import sys
import threading
import time
import zlib
from collections import deque
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol, TypeAlias

import zstandard

from codexwire.direction import Side
from codexwire.files import PRIVATE, is_special, open_new, unwritable
from codexwire.progress import Say
from codexwire.runtime.recording import closed_line, record_lines
from codexwire.runtime.transport.lines import LineSplitter

__all__ = ["Found", "LineMessages", "LineWriter", "Messages", "Recording", "Tap"]

Found: TypeAlias = tuple[bytes, bool]
"""The text of a message, and whether it came in a binary frame."""


class _Packer(Protocol):
    """Turns lines into the bytes of a file, such that they can be read back at once."""

    def pack(self, lines: bytes) -> bytes: ...

    def finish(self) -> bytes: ...


class _Plain:
    def pack(self, lines: bytes) -> bytes:
        return lines

    def finish(self) -> bytes:
        return b""


class _Gzip:
    def __init__(self) -> None:
        self._member = zlib.compressobj(wbits=31)

    def pack(self, lines: bytes) -> bytes:
        # A flush before the first lines tells, wherever the file is cut, that it was written as they came.
        flushed = self._member.flush(zlib.Z_SYNC_FLUSH)
        return flushed + self._member.compress(lines) + self._member.flush(zlib.Z_SYNC_FLUSH)

    def finish(self) -> bytes:
        return self._member.flush()


class _Zstd:
    def __init__(self) -> None:
        self._frame = zstandard.ZstdCompressor().compressobj()

    def _block(self, line: bytes) -> bytes:
        return self._frame.compress(line) + self._frame.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)

    def pack(self, lines: bytes) -> bytes:
        # Of a block that is cut nothing can be read, so that no line is in one with another.
        return b"".join(map(self._block, lines.splitlines(keepends=True)))

    def finish(self) -> bytes:
        return self._frame.flush()


_PACKERS: dict[str, Callable[[], _Packer]] = {".gz": _Gzip, ".zst": _Zstd}
"""How a file's name ends → how its lines are packed; any other file is plain text."""


class LineWriter:
    """A file that is written in whole lines; compressed if its name ends so.

    `path` is that of a new file, which its owner alone can read, of a device or a pipe; or an open file
    descriptor, which is written plain. UsageError when the file cannot be written at all, OSError when
    it no longer can be, or is not there any more at its end; both call it by `name`.
    """

    def __init__(self, path: Path | int, name: str | None = None) -> None:
        self._name = name or ("standard output" if isinstance(path, int) else str(path))
        self._packer = _PACKERS.get("" if isinstance(path, int) else path.suffix, _Plain)()
        try:
            self._made = None if isinstance(path, int) or is_special(path) else path
            self._file = path if isinstance(path, int) else open_new(path, PRIVATE)
        except OSError as problem:
            raise unwritable(self._name, problem) from None

    def write(self, lines: bytes) -> None:
        """Write lines, each with its line feed, at once."""
        self._put(self._packer.pack(lines))

    def close(self) -> None:
        """End the file."""
        self._put(self._packer.finish())
        is_gone = self._made is not None and not os.fstat(self._file).st_nlink
        os.close(self._file)
        if is_gone:
            raise FileNotFoundError(errno.ENOENT, "the file was removed", self._name)

    def leave(self) -> None:
        """Let go of the file, which is removed if it was made here."""
        os.close(self._file)
        if self._made is not None:
            self._made.unlink()

    def _put(self, data: bytes) -> None:
        rest = memoryview(data)
        try:
            while rest:
                rest = rest[os.write(self._file, rest) :]
        except OSError as problem:
            problem.filename = self._name
            raise


class Recording:
    """Lines of a recording on their way to the file, and to whoever else listens.

    `edit` changes each line before anybody sees it (redaction), `listen` gets the lines that are written
    at once. When the file can no longer be
    written, `complain` is told once and the session goes on without it. `is_empty` says that there was
    nothing to write yet, `is_whole` that all of it was written.
    """

    def __init__(
        self,
        out: LineWriter,
        *,
        edit: Callable[[bytes], bytes] | None = None,
        listen: Callable[[bytes], None] | None = None,
        complain: Say,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._out: LineWriter | None = out
        self._edit = edit
        self._listen = listen
        self._complain = complain
        self._clock = clock
        self._start = clock()
        self.is_empty = True
        self.is_whole = True

    def now(self) -> float:
        """Return the seconds since the recording began."""
        return self._clock() - self._start

    def write(self, *lines: bytes) -> None:
        """Write lines, each with its line feed, at once."""
        if self._edit is not None:
            lines = tuple(map(self._edit, lines))
        data = b"".join(lines)
        if self._listen is not None:
            self._listen(data)
        self._to_file(lambda out: out.write(data))
        self.is_empty = False

    def close(self) -> None:
        """End the file."""
        self._to_file(LineWriter.close)
        self._out = None

    def leave(self) -> None:
        """Let go of the file, which is removed if it was made here."""
        self._to_file(LineWriter.leave)
        self._out = None

    def _to_file(self, action: Callable[[LineWriter], None]) -> None:
        if self._out is None:
            return
        try:
            action(self._out)
        except OSError as problem:
            self._out = None
            self.is_whole = False
            reason = problem.strerror or str(problem)
            self._complain(f"the recording stops here, it cannot be written: {reason}")


class Messages(Protocol):
    """Finds the messages in the bytes of one direction."""

    def feed(self, chunk: bytes) -> Iterable[Found]:
        """Return the messages that `chunk` completes."""

    def end(self) -> Iterable[Found]:
        """Return what is left when no more bytes come."""


class LineMessages:
    """Messages that are lines, of any length; blank ones are none."""

    def __init__(self) -> None:
        self._lines = LineSplitter(limit=sys.maxsize)

    def feed(self, chunk: bytes) -> Iterable[Found]:
        """Return the lines that `chunk` completes."""
        return [(line, False) for line in self._lines.feed(chunk)]

    def end(self) -> Iterable[Found]:
        """Return the last line if it has no line feed."""
        return [(line, False) for line in self._lines.end()]


class Tap:
    """Listens to both directions of one connection.

    Who forwards calls `note` with what was read, forwards it, and then calls `settle`. So nothing is
    looked into before it is on its way; and as an answer is noted after its request, it is recorded
    after it too, whichever thread comes to do it.
    """

    def __init__(
        self,
        recording: Recording,
        messages: Callable[[Side], Messages] = lambda _: LineMessages(),
        connection: int | None = None,
    ) -> None:
        self._recording = recording
        self._messages = {side: messages(side) for side in Side}
        self._connection = connection
        self._noted: deque[tuple[float, Side, bytes]] = deque()
        self._noting, self._settling = threading.Lock(), threading.Lock()

    def note(self, side: Side, chunk: bytes) -> None:
        """Take down what `side` said; no bytes mean that it will say nothing more."""
        with self._noting:
            self._noted.append((self._recording.now(), side, chunk))

    def settle(self) -> None:
        """Record all that was noted."""
        with self._settling:
            while self._noted:
                seconds, side, chunk = self._noted.popleft()
                messages = self._messages[side]
                found = messages.feed(chunk) if chunk else messages.end()
                if lines := record_lines(seconds, side, found, self._connection):
                    self._recording.write(*lines)

    def closed(self, side: Side, code: int | None) -> None:
        """Record the end of the connection, which `side` brought about."""
        self.settle()
        line = closed_line(self._recording.now(), side, connection=self._connection, code=code)
        self._recording.write(line)
