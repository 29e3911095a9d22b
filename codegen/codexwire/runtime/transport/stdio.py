"""A server as a child process: one JSON text a line on its standard input and output."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final, Generic, Protocol, TypeVar

import anyio
import anyio.lowlevel
from anyio.abc import ByteReceiveStream, ByteSendStream, Process

from codexwire.model.message import parse_object
from codexwire.runtime.errors import LaunchError
from codexwire.runtime.transport.base import (
    PostMortem,
    Transport,
    TransportFailure,
    background_tasks,
)
from codexwire.runtime.transport.lines import LineSplitter
from codexwire.runtime.transport.pipes import PipeReader, PipeWriter
from codexwire.runtime.transport.stderr import Errors, Tell

__all__ = ["open_stdio"]

_CHUNK = 64 * 1024
_EXIT_WAIT = 0.5
_SILENCE = 0.25
_TERM_WAIT = 1.0
_HURRY = 0.3
_ENDED: Final = "the server ended"
_BROKEN: Final = "the server's standard output broke"
_CLOSED: Final = "the server closed its standard output"


@asynccontextmanager
async def open_stdio(
    command: Sequence[str],
    *,
    cwd: str | Path | None = None,
    env: Mapping[str, str] | None = None,
    grace: float = 3.0,
    stderr: Tell | None = None,
) -> AsyncIterator[Transport]:
    """Run `command` and speak with it over its standard input and output.

    `env` is added to this process's environment. Standard error is drained all the time: `stderr` is
    called with each line as it comes, and the last 64 KiB are kept for the post-mortem. A server whose
    process has ended is gone, though what it started may hold its output open. At the end of the block
    its input is closed; it has `grace` seconds to leave, then it is terminated, then killed (on Windows
    with the processes that it started). A block that is cancelled waits less than a second. LaunchError
    when it cannot be started.
    """
    start = _streamed if sys.platform == "win32" else _piped
    try:
        transport = await start(list(command), cwd, {**os.environ, **(env or {})}, Errors(stderr))
    except (OSError, ValueError) as problem:  # ValueError: a null byte
        raise LaunchError(f"cannot start {command[0]!r}: {_why(problem, cwd)}") from None
    async with background_tasks(transport.drain, transport.watch):
        patience = (grace, _TERM_WAIT)
        try:
            yield transport
        except anyio.get_cancelled_exc_class():
            patience = (min(grace, _HURRY), _HURRY)
            raise
        finally:
            with anyio.CancelScope(shield=True):
                await transport.end(*patience)


def _why(problem: OSError | ValueError, cwd: str | Path | None) -> str:
    if cwd is not None and not Path(cwd).is_dir():
        return f"no such folder: {cwd}"
    return str(getattr(problem, "strerror", None) or problem)


class _Input(Protocol):
    async def send(self, data: bytes, /) -> None: ...
    async def aclose(self) -> None: ...


class _Output(Protocol):
    async def receive(self, max_bytes: int = ..., /) -> bytes: ...
    async def aclose(self) -> None: ...


Input = TypeVar("Input", bound=_Input)
Output = TypeVar("Output", bound=_Output)


class _Stdio(Generic[Input, Output]):
    def __init__(self, process: Process, input: Input, output: Output, errors: Errors) -> None:
        assert process.stderr is not None
        self._process = process
        self._input = input
        self._output = output
        self._stderr: ByteReceiveStream = process.stderr
        self._lines = LineSplitter()
        self._errors = errors
        self._drained = anyio.Event()
        self._reading, self._chunks = False, 0

    async def send(self, message: bytes) -> None:
        """Write one line."""
        try:
            await self._input.send(message + b"\n")
        except (anyio.BrokenResourceError, anyio.ClosedResourceError, OSError):
            raise TransportFailure("the server closed its standard input") from None

    async def receive(self) -> Sequence[bytes]:
        """Return the lines of the next chunk of output that completes any."""
        while True:
            try:
                lines = self._lines.feed(await self._chunk())
            except anyio.EndOfStream:
                return self._last_line()
            except (anyio.BrokenResourceError, anyio.ClosedResourceError, OSError):
                raise self._broken() from None
            if lines:
                return lines

    async def _chunk(self) -> bytes:
        self._reading = True
        try:
            return await self._output.receive(_CHUNK)
        finally:
            self._reading = False
            self._chunks += 1

    def _last_line(self) -> Sequence[bytes]:
        """Return the line without an end if it is a message; TransportFailure if there is none."""
        last = self._lines.end()
        if last and parse_object(last[0]) is not None:
            return last
        where = " in the middle of a line" if last else ""
        raise TransportFailure(f"{_CLOSED}{where}")

    def _broken(self) -> TransportFailure:
        return TransportFailure(_BROKEN if self._process.returncode is None else _ENDED)

    async def watch(self) -> None:
        """End the reading when the process has ended, though what it started holds its output open."""
        await self._process.wait()
        seen = -1
        while not self._reading or seen != self._chunks:
            seen = self._chunks
            await anyio.sleep(_SILENCE)
            await anyio.lowlevel.checkpoint()  # what has come by now is read first
        await self._output.aclose()

    async def drain(self) -> None:
        """Read standard error until it ends, keeping its tail."""
        try:
            async for chunk in self._stderr:
                self._errors.add(chunk)
        except (anyio.BrokenResourceError, anyio.ClosedResourceError, OSError):
            pass  # the process is gone; what was read stays
        finally:
            self._errors.end()
            self._drained.set()

    async def post_mortem(self) -> PostMortem:
        """Return exit code and the end of standard error, waiting up to half a second for them."""
        with anyio.move_on_after(_EXIT_WAIT):
            await self._process.wait()
            await self._drained.wait()
        return PostMortem(self._process.returncode, self._errors.tail)

    async def end(self, grace: float, term_wait: float) -> None:
        """Close the server's input and wait for it to leave, with growing insistence."""
        with suppress(anyio.BrokenResourceError, OSError):  # it is gone already
            await self._input.aclose()
        await _end(self._process, grace, term_wait)
        await self._output.aclose()


class _Piped(_Stdio[PipeWriter, PipeReader]):
    """Over pipes of our own."""

    def send_now(self, message: bytes) -> bool:
        """Write one line if there is room for it; a closed input is left for `send` to tell."""
        try:
            return self._input.send_now(message + b"\n")
        except OSError:
            return False

    async def listen(self, take: Callable[[Sequence[bytes]], None]) -> None:
        """Give the lines of each chunk of output to `take`."""

        def feed(chunk: bytes) -> None:
            self._chunks += 1
            if lines := self._lines.feed(chunk):
                take(lines)

        self._reading = True
        try:
            await self._output.listen(feed)
        except anyio.EndOfStream:
            take(self._last_line())
            raise TransportFailure(_CLOSED) from None
        except (anyio.BrokenResourceError, anyio.ClosedResourceError, OSError):
            raise self._broken() from None


async def _piped(
    command: list[str], cwd: str | Path | None, env: Mapping[str, str], errors: Errors
) -> _Piped:
    theirs_in, ours_in = os.pipe()
    ours_out, theirs_out = os.pipe()
    writer, reader = PipeWriter(ours_in), PipeReader(ours_out)
    try:
        process = await anyio.open_process(
            command, cwd=cwd, env=env, stdin=theirs_in, stdout=theirs_out
        )
    except BaseException:
        await writer.aclose()
        await reader.aclose()
        raise
    finally:
        os.close(theirs_in)
        os.close(theirs_out)
    return _Piped(process, writer, reader, errors)


async def _streamed(
    command: list[str], cwd: str | Path | None, env: Mapping[str, str], errors: Errors
) -> _Stdio[ByteSendStream, ByteReceiveStream]:
    process = await anyio.open_process(command, cwd=cwd, env=env)
    assert process.stdin is not None
    assert process.stdout is not None
    return _Stdio(process, process.stdin, process.stdout, errors)


async def _end(process: Process, grace: float, term_wait: float) -> None:
    """Wait for a server without input to leave, with growing insistence."""
    for seconds, insist in (
        (grace, ending(process, sys.platform)),
        (term_wait, process.kill),
        (5.0, None),
    ):
        with anyio.move_on_after(seconds):
            await process.wait()
        if process.returncode is not None or insist is None:
            break
        try:
            insist()
        except ProcessLookupError:
            break
    await process.aclose()


def ending(process: Process, platform: str) -> Callable[[], None]:
    """Return what ends a process that does not leave.

    On Windows that is the whole tree: a `codex.cmd` ends by itself only, and not the server under it.
    """
    if platform != "win32":
        return process.terminate
    tree = ["taskkill", "/T", "/F", "/PID", str(process.pid)]

    def end_tree() -> None:
        subprocess.run(tree, check=False, capture_output=True)

    return end_tree
