"""One process of the exec-server: its output in order, its input, its end."""

from __future__ import annotations

import base64
import itertools
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal, Protocol

import anyio

from codexwire.model.message import Json
from codexwire.runtime.client.connection import Connection
from codexwire.runtime.client.limit import within
from codexwire.runtime.client.messages import Notification
from codexwire.runtime.client.subscription import Subscription
from codexwire.runtime.errors import ClientError, ProcessNotFoundError, StdinClosedError
from codexwire.runtime.exec_client.events import (
    PROCESS_EVENTS,
    Closed,
    Exited,
    ProcessOutput,
    ProcessRead,
    ProcessResult,
    process_event,
)
from codexwire.runtime.exec_client.paths import ExecPath
from codexwire.runtime.exec_client.pieces import Pieces
from codexwire.runtime.exec_client.sequence import Gap, Sequence

__all__ = ["AsyncProcess", "ProcessOptions"]

_END_WAIT: Final = 2.0
_HURRY: Final = 0.5
_WRITTEN_AT_ONCE: Final = 64 * 1024
_FORGOTTEN: Final = ProcessRead((), 0, exited=False, exit_code=None, closed=False)


@dataclass(frozen=True, slots=True)
class ProcessOptions:
    """How a process runs.

    `cwd` is its folder (default: the server's own, where the server tells it). `env` is its whole
    environment, or with `inherit` (`all`, `core`, `none`; servers from 0.135.0 on) what is added to the
    server's. `arg0` is its own idea of its name. `stdin` keeps standard input open for `write`; `tty`
    runs it on a terminal, which joins both streams and has standard input. `process_id` names it,
    unique in the session, by default by a number. `extra` adds to the params of `process/start`, as on
    the wire. `buffer` is how many notifications wait; older ones are read again from the server.
    """

    cwd: ExecPath | None = None
    env: Mapping[str, str] = field(default_factory=dict)
    inherit: Literal["all", "core", "none"] | None = None
    arg0: str | None = None
    stdin: bool = False
    tty: bool = False
    process_id: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    buffer: int | None = None

    def params(self, argv: list[str], process_id: str) -> Json:
        """Return the params of `process/start` but for the folder."""
        params: Json = {
            "processId": process_id,
            "argv": argv,
            "env": dict(self.env),
            "tty": self.tty,
            "arg0": self.arg0,
        }
        if self.stdin:
            params["pipeStdin"] = True
        if self.inherit is not None:
            params["envPolicy"] = {
                "inherit": self.inherit,
                "ignoreDefaultExcludes": True,
                "exclude": [],
                "includeOnly": [],
                "set": {},
            }
        return params | dict(self.extra)


class ProcessClient(Protocol):
    """What a process needs of its client."""

    @property
    def connection(self) -> Connection:
        """The live connection."""

    async def ask(self, method: str, params: Any = None, *, timeout: float | None = None) -> Any:
        """Send a request and return its result as on the wire."""


class AsyncProcess(Pieces[ProcessOutput]):
    """A process, as an async iterator over its output in the order of the server's numbers.

    Pushed notifications and `process/read` are joined: what did not come is read; what the server has
    not kept either (it keeps about a megabyte) is a `Gap`, on the piece behind it and in `gaps`.
    Iteration ends at `process/closed`. At the end of an `async with` block the process is terminated
    if it still runs.
    """

    def __init__(
        self, server: ProcessClient, process_id: str, *, buffer: int, taken: int = 0
    ) -> None:
        super().__init__()
        self.process_id = process_id
        self.exit_code: int | None = None
        self.sandbox_denied: bool | None = None
        self.failure: str | None = None
        self.closed = False
        self.gaps: list[Gap] = []
        self._server = server
        self._events: Sequence[ProcessOutput | Exited | Closed] = Sequence(taken)
        self._lost: Gap | None = None
        self._exit_seen = False
        self._perhaps_exit: Gap | None = None
        # A server drops a write whose id it has seen, of an earlier connection too.
        self._write_ids = (f"{secrets.token_hex(4)}-{n}" for n in itertools.count(1))
        self._turn = anyio.Lock()
        self._pushed = Subscription(buffer, "drop_oldest", where=self._is_mine)
        server.connection.router.subscribe(self._pushed, methods=PROCESS_EVENTS)

    async def __aenter__(self) -> AsyncProcess:
        return self

    async def __aexit__(self, kind: Any, *_: Any) -> None:
        if not self.closed:
            wait = _END_WAIT if kind is None else _HURRY  # after a time-out nobody waits long
            # A ClientError: there is no server any more.
            with anyio.move_on_after(wait, shield=True), suppress(ClientError):
                await self.terminate()
                await self.wait_exit()
        self.close()

    async def abandon(self) -> None:
        """Terminate the process, if it is there, whatever happens to this task."""
        with anyio.move_on_after(_HURRY, shield=True), suppress(ClientError):
            await self.terminate()
        self.close()

    def close(self) -> None:
        """Stop following; the process goes on."""
        self._pushed.close()
        self._ready.clear()

    # Output

    @property
    def ended(self) -> bool:
        """Whether the true end has come."""
        return self.closed

    async def filled(self) -> bool:
        """Wait until there is output to `take`; False at the end, ConnectionClosedError without one."""
        await self._until(lambda: bool(self._ready) or self.closed)
        return bool(self._ready)

    async def wait(self, *, timeout: float | None = None) -> ProcessResult:
        """Return the result at the true end, with all output that was not read before.

        RequestTimeoutError after `timeout` seconds; the process goes on.
        """
        streams = {"stdout": bytearray(), "stderr": bytearray()}
        with within(timeout, "process/closed", f"process {self.process_id} did not end"):
            async for output in self:
                streams["stderr" if output.stream == "stderr" else "stdout"] += output.data
        return ProcessResult(
            self.exit_code,
            bytes(streams["stdout"]),
            bytes(streams["stderr"]),
            tuple(self.gaps),
            self.sandbox_denied,
            self.failure,
        )

    async def wait_exit(self, *, timeout: float | None = None) -> int | None:
        """Return the exit code as soon as the process has exited; output may still be to come."""
        with within(timeout, "process/exited", f"process {self.process_id} did not exit"):
            await self._until(lambda: self.exit_code is not None or self.closed)
        return self.exit_code

    async def read(
        self,
        *,
        after_seq: int | None = None,
        max_bytes: int | None = None,
        wait_ms: int | None = None,
        timeout: float | None = None,
    ) -> ProcessRead:
        """Ask for the output that the server has kept, behind the number `after_seq`.

        At least one piece comes however small `max_bytes` is; without any the server waits `wait_ms`
        for one. This does not touch the iteration. ProcessNotFoundError for an unknown process.
        """
        limits = {"afterSeq": after_seq, "maxBytes": max_bytes, "waitMs": wait_ms}
        given = {name: value for name, value in limits.items() if value is not None}
        return ProcessRead.of(await self._ask("read", given, timeout))

    async def catch_up(self, *, timeout: float | None = None) -> None:
        """Read what the server has kept, to follow a process that was started before.

        ProcessNotFoundError for an unknown process.
        """
        async with self._turn:
            told = await self.read(after_seq=self._events.taken, timeout=timeout)
            self._fill(told, self._events.highest)

    # Acts

    async def write(self, data: bytes, *, timeout: float | None = None) -> None:
        """Write to standard input or to the terminal.

        StdinClosedError when that is closed, ProcessNotFoundError when there is no such process.
        """
        params = {"chunk": base64.b64encode(data).decode(), "writeId": next(self._write_ids)}
        status = (await self._ask("write", params, timeout)).get("status")
        if status == "stdinClosed":
            raise StdinClosedError(self.process_id)
        if status == "unknownProcess":
            message = f"unknown process id {self.process_id}"
            raise ProcessNotFoundError(-32600, message, method="process/write")

    async def feed(self, data: bytes) -> None:
        """Write it all, as far as the process takes it."""
        with suppress(ClientError):  # it ended without having read all
            for start in range(0, len(data), _WRITTEN_AT_ONCE):
                await self.write(data[start : start + _WRITTEN_AT_ONCE])

    async def terminate(self, *, timeout: float | None = None) -> bool:
        """Kill the process and return whether it ran."""
        return bool((await self._ask("terminate", {}, timeout)).get("running"))

    async def signal(self, signal: str = "interrupt", *, timeout: float | None = None) -> None:
        """Send a signal (servers from 0.140.0 on, which know `interrupt`).

        MethodUnknownError from older ones, InvalidParamsError for an unknown signal.
        """
        await self._ask("signal", {"signal": signal}, timeout)

    # Inside

    async def _ask(self, verb: str, params: Json, timeout: float | None) -> Any:
        params = {"processId": self.process_id, **params}
        return await self._server.ask(f"process/{verb}", params, timeout=timeout)

    def _is_mine(self, notification: Notification) -> bool:
        return notification.wire_params.get("processId") == self.process_id

    async def _until(self, done: Callable[[], bool]) -> None:
        """Take in news until `done`, or until there will be none; one of several callers at a time."""
        while not done():
            async with self._turn:
                if not done() and not await self._advance():
                    return

    async def _advance(self) -> bool:
        """Wait for news and take it in; False when there will be none."""
        if not await self._pushed.filled():
            return False
        while self._pushed.waiting:
            event = process_event(self._pushed.waiting.popleft())
            if event is not None:
                self._add(event)
        self._drain()
        if self._events.hole is not None:
            known = self._events.highest
            try:
                answer = await self.read(after_seq=self._events.taken)
            except ProcessNotFoundError:
                answer = _FORGOTTEN
            self._fill(answer, known)
        return True

    def _add(self, event: ProcessOutput | Exited | Closed) -> None:
        if isinstance(event, Exited):
            self._exit_seen = True
            if self._perhaps_exit is not None:  # that was no exit
                self._lose(self._perhaps_exit)
        self._events.add(event.seq, event)

    def _drain(self) -> None:
        for event in self._events.ready():
            if isinstance(event, ProcessOutput):
                self._ready.append(replace(event, gap=self._lost) if self._lost else event)
                self._lost = None
            elif isinstance(event, Exited):
                self.exit_code, self.sandbox_denied = event.exit_code, event.sandbox_denied
            else:
                self._end()

    def _fill(self, answer: ProcessRead, known: int) -> None:
        """Take in what was read; what is missing before the number `known` is lost."""
        for chunk in answer.chunks:
            self._events.add(chunk.seq, chunk)
            known = max(known, chunk.seq)
        self._drain()
        while (hole := self._events.hole) is not None and hole.last < known:
            self._give_up(hole, answer)
            self._drain()
        if answer.exited and self.exit_code is None:
            self.exit_code, self.sandbox_denied = answer.exit_code, answer.sandbox_denied
        self.failure = self.failure or answer.failure
        if answer.closed:
            self._end()

    def _give_up(self, hole: Gap, answer: ProcessRead) -> None:
        """Go on behind a hole: reads have the output only, so one number may be that of the exit."""
        if answer.exited and not self._exit_seen and hole.first == hole.last:
            self._exit_seen, self._perhaps_exit = True, hole
        else:
            self._lose(hole)
        self._events.give_up(hole)

    def _lose(self, hole: Gap) -> None:
        self.gaps.append(hole)
        self._lost = hole
        self._perhaps_exit = None

    def _end(self) -> None:
        self.closed = True
        self._pushed.finish()
