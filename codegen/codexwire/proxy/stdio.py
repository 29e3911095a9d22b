"""Runs between a client and a server on standard input and output, and passes on what they write.

Bytes are forwarded as they come, whatever they are. The child has our standard error for its own.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from select import select
from types import FrameType
from typing import Any

from codexwire.direction import Side
from codexwire.errors import UsageError
from codexwire.proxy.record import Tap

__all__ = ["run_between"]

_CHUNK = 1 << 16
_STDIN, _STDOUT = 0, 1
_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2")
_IDLE = 1.0
_SWITCH = 0.0005


def run_between(command: Sequence[str], tap: Tap) -> int:
    """Run `command` between our standard input and output; return its exit code.

    A child that a signal ended gives 128 + the signal. UsageError when it cannot be started.
    """
    # While one direction is recorded, the other must not wait long for the interpreter.
    sys.setswitchinterval(_SWITCH)
    child = _start(command)
    assert child.stdin is not None
    assert child.stdout is not None
    with _passing_signals_on(child):
        there = _Pump(Side.CLIENT, _STDIN, child.stdin.fileno(), tap)
        back = _Pump(Side.SERVER, child.stdout.fileno(), _STDOUT, tap)
        there.start()
        back.start()
        code = child.wait()
        back.drain()
    code = code if code >= 0 else 128 - code
    tap.closed(Side.CLIENT if there.over else Side.SERVER, code)
    return code


def _start(command: Sequence[str]) -> subprocess.Popen[bytes]:
    program = shutil.which(command[0])
    if program is None:
        raise UsageError(
            f"no such program on PATH: {command[0]}",
            hint="after `--` comes the command of the server, with its path if need be",
        )
    # In a group of its own, a child gets an interrupt from us only, not from the terminal as well.
    group: dict[str, Any] = {} if sys.platform == "win32" else {"process_group": 0}
    try:
        return subprocess.Popen(
            [program, *command[1:]],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            **group,
        )
    except OSError as problem:
        raise UsageError(f"cannot start {command[0]!r}: {problem.strerror}") from None


@contextmanager
def _passing_signals_on(child: subprocess.Popen[bytes]) -> Iterator[None]:
    """Send the child the signals that we get; those that we ignore it ignores as well."""

    def pass_on(number: int, _: FrameType | None) -> None:
        with suppress(OSError):
            child.send_signal(number)

    numbers = [getattr(signal, name) for name in _SIGNALS if hasattr(signal, name)]
    heeded = [n for n in numbers if signal.getsignal(n) is not signal.SIG_IGN]
    before = {number: signal.signal(number, pass_on) for number in heeded}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Pump:
    """Forwards one direction in a thread; an end on either side is passed on to the other."""

    def __init__(self, side: Side, source: int, target: int, tap: Tap) -> None:
        self._side, self._source, self._target, self._tap = side, source, target, tap
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._reading = True
        self._chunks = 0
        self.over = False

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def drain(self) -> None:
        """Wait until all that is there has been forwarded.

        The source may stay open in another process: then it is over when nothing came for a while.
        """
        seen = -1
        while self._thread.is_alive() and not (self._is_idle() and self._chunks == seen):
            seen = self._chunks
            self._thread.join(_IDLE)

    def _is_idle(self) -> bool:
        """Whether the thread waits for more, and there is nothing more."""
        try:
            return self._reading and not select([self._source], [], [], 0)[0]
        except (OSError, ValueError):  # only sockets can be asked (Windows), or closed by now
            return self._reading

    def _run(self) -> None:
        with suppress(OSError):
            while chunk := self._read():
                self._tap.note(self._side, chunk)
                self._forward(chunk)
                self._tap.settle()
        self.over = True
        self._tap.note(self._side, b"")
        _close(self._target)
        _close(self._source)
        self._tap.settle()

    def _read(self) -> bytes:
        self._reading = True
        chunk = os.read(self._source, _CHUNK)
        self._reading = False
        self._chunks += 1
        return chunk

    def _forward(self, chunk: bytes) -> None:
        rest = memoryview(chunk)
        while rest:
            rest = rest[os.write(self._target, rest) :]


def _close(file: int) -> None:
    """Let go of a pipe; the number stays taken, so that it cannot come to mean another file."""
    with suppress(OSError):
        nothing = os.open(os.devnull, os.O_RDWR)
        os.dup2(nothing, file, inheritable=False)
        os.close(nothing)
