"""Commands in the server's sandbox, outside any thread: `command/exec` and what belongs to it."""

from __future__ import annotations

import base64
import itertools
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias

import anyio

from codexwire.model.message import Json
from codexwire.runtime.client.connection import Connection
from codexwire.runtime.client.limit import within
from codexwire.runtime.client.messages import Notification
from codexwire.runtime.client.subscription import DEFAULT_BUFFER, Subscription
from codexwire.runtime.client.waits import Waits
from codexwire.runtime.errors import (
    ClientError,
    ConnectionClosedError,
    ProcessInputError,
    StdinClosedError,
    UnsupportedError,
)

__all__ = ["AsyncCommand", "CommandOptions", "CommandOutput", "CommandResult"]

Stream: TypeAlias = Literal["stdout", "stderr"]
_OUTPUT: Final = "command/exec/outputDelta"
_END_WAIT: Final = 2.0
_HURRY: Final = 0.5
_SERVER_CAP: Final = 1024 * 1024
_NUMBERS = itertools.count(1)


@dataclass(frozen=True, slots=True)
class CommandOptions:
    """How a command runs.

    `cwd` and `env` (None removes a variable) are those of the command; `timeout` is in seconds and
    `output_cap` in bytes for each stream (None: the server's own limits, `float("inf")` and -1: none).
    `stdin` keeps standard input open for `write`; `tty` (rows, columns) runs the command on a terminal,
    which joins both streams and has standard input. `stream` False leaves the output to the result,
    where it is text that the server made of it.
    `sandbox_policy` is a v2 `SandboxPolicy`; `process_id` names the command, by default by a number.
    """

    cwd: str | None = None
    env: Mapping[str, str | None] | None = None
    timeout: float | None = None
    output_cap: int | None = None
    stdin: bool = False
    tty: tuple[int, int] | None = None
    stream: bool = True
    sandbox_policy: Any = None
    process_id: str | None = None
    buffer: int = DEFAULT_BUFFER

    def params(self, command: list[str], process_id: str) -> Json:
        """Return the params of `command/exec`."""
        params: Json = {"command": command}
        if self.stream or self.stdin or self.tty:
            params["processId"] = process_id
        optional = {
            "cwd": self.cwd,
            "env": None if self.env is None else dict(self.env),
            "sandboxPolicy": self.sandbox_policy,
            "streamStdin": True if self.stdin and self.tty is None else None,
            "streamStdoutStderr": True if self.stream and self.tty is None else None,
            "tty": None if self.tty is None else True,
            "size": None if self.tty is None else _size(*self.tty),
            **self._limits(),
        }
        return params | {name: value for name, value in optional.items() if value is not None}

    @property
    def streams(self) -> bool:
        """Whether the output comes while the command runs."""
        return self.stream or self.tty is not None

    def _limits(self) -> Json:
        limits: Json = {}
        if self.timeout is not None:
            endless = self.timeout == float("inf")
            limits |= {"disableTimeout": True} if endless else {"timeoutMs": _ms(self.timeout)}
        if self.output_cap is not None:
            endless = self.output_cap < 0
            limits |= {"disableOutputCap": True} if endless else {"outputBytesCap": self.output_cap}
        return limits


@dataclass(frozen=True, slots=True)
class CommandOutput:
    """A piece of output: which stream, the bytes, and whether the cap cut off what followed."""

    stream: Stream
    data: bytes
    capped: bool = False


@dataclass(frozen=True, slots=True)
class CommandResult:
    """What a command came to: exit code (124 after a timeout), its output, whether that is cut off.

    Of output that was streamed that is known. Without streaming (`decoded`) the output is the UTF-8 of
    a text that the server made, guessing the encoding of what is no UTF-8; it counts as capped when it
    fills the cap, and None says that the guess hides whether it does.
    """

    exit_code: int
    stdout: bytes
    stderr: bytes
    stdout_capped: bool | None = False
    stderr_capped: bool | None = False
    decoded: bool = False


@dataclass(slots=True)
class _Collected:
    data: bytearray = field(default_factory=bytearray)
    capped: bool = False


class AsyncCommand(Waits[CommandOutput]):
    """A command: `await command.run()` for its result, or `async with` to talk with it.

    Inside the block it is an async iterator of `CommandOutput`; `write`, `close_stdin`, `resize` and
    `terminate` act on it, `wait` gives its result. It is terminated at the end of the block if it still
    runs. A command runs once: to run it again, make another one. `request_timeout` is the seconds that
    an act upon it may take.
    """

    waits_for = "output of the command"

    def __init__(
        self,
        connection: Connection,
        command: list[str],
        options: CommandOptions,
        request_timeout: float | None = None,
    ) -> None:
        self.process_id = options.process_id or f"codexwire-{next(_NUMBERS)}"
        self._connection = connection
        self._request_timeout = request_timeout
        self._entered = False
        self._options = options
        self._params = options.params(command, self.process_id)
        self._sent = anyio.Event()
        self._ended = anyio.Event()
        self._answer: Any = None
        self._error: ClientError | None = None
        self._collected: dict[str, _Collected] = {"stdout": _Collected(), "stderr": _Collected()}
        self._output = Subscription(options.buffer, where=self._is_mine)

    async def run(self, *, timeout: float | None = None) -> CommandResult:
        """Run the command to its end and return its result.

        After `timeout` seconds it is terminated, and RequestTimeoutError raised.
        """
        async with self:
            return await self.wait(timeout=timeout)

    async def __aenter__(self) -> AsyncCommand:
        if self._entered:
            raise UnsupportedError(
                "this command has been run already", hint="make another one with run_command"
            )
        self._entered = True
        self._connection.router.subscribe(self._output, methods=(_OUTPUT,))
        self._connection.start_soon(self._execute)
        await self._sent.wait()  # what is written to it must come after it on the wire
        return self

    async def __aexit__(self, kind: Any, *_: Any) -> None:
        if not self._ended.is_set():
            wait = _END_WAIT if kind is None else _HURRY  # after a time-out nobody waits long
            # A ClientError: it ended meanwhile, or there is no server any more.
            with anyio.move_on_after(wait, shield=True), suppress(ClientError):
                await self.terminate()
                await self._ended.wait()
        self._output.close()

    def __aiter__(self) -> AsyncCommand:
        return self

    async def __anext__(self) -> CommandOutput:
        if not await self.filled():
            raise StopAsyncIteration
        return self._take()

    @property
    def exhausted(self) -> bool:
        """Whether all output was read and the command could be run."""
        return self._output.exhausted and self._error is None

    async def filled(self) -> bool:
        """Wait until there is output to `take`; False at the end."""
        found = await self._output.filled()
        if not found:
            self._raise_error()
        return found

    def take(self) -> CommandOutput | None:
        """Return the next piece of output if it has come; may be called from any thread."""
        return self._take() if self._output.waiting else None

    def _take(self) -> CommandOutput:
        output = _output(self._output.waiting.popleft())
        self._collect(output)
        return output

    async def wait(self, *, timeout: float | None = None) -> CommandResult:
        """Return the result when the command has ended; RpcError when it could not be run.

        The output holds all that was streamed, also what was read before. RequestTimeoutError after
        `timeout` seconds; the command goes on to the end of its block.
        """
        with within(timeout, "command/exec", f"command {self.process_id} did not end"):
            async for _ in self:
                pass
            await self._ended.wait()
        self._raise_error()
        answer = self._answer if isinstance(self._answer, dict) else {}
        code = int(answer.get("exitCode", -1))
        if not self._options.streams:
            out, err = (str(answer.get(name, "")) for name in ("stdout", "stderr"))
            cap = self._options.output_cap
            return CommandResult(
                code,
                out.encode(),
                err.encode(),
                stdout_capped=_fills(out, cap),
                stderr_capped=_fills(err, cap),
                decoded=True,
            )
        stdout, stderr = self._collected["stdout"], self._collected["stderr"]
        return CommandResult(
            code,
            bytes(stdout.data),
            bytes(stderr.data),
            stdout_capped=stdout.capped,
            stderr_capped=stderr.capped,
        )

    async def write(self, data: bytes, *, close: bool = False) -> None:
        """Write to the command's standard input, and close it if asked to.

        StdinClosedError when it is not open, ProcessNotFoundError when the command has ended.
        """
        params: Json = {"deltaBase64": base64.b64encode(data).decode()}
        if close:
            params["closeStdin"] = True
        await self._write(params)

    async def close_stdin(self) -> None:
        """Close the command's standard input."""
        await self._write({"closeStdin": True})

    async def _write(self, params: Json) -> None:
        try:
            await self._act("write", params)
        except ProcessInputError:
            raise StdinClosedError(self.process_id) from None

    async def resize(self, rows: int, columns: int) -> None:
        """Give the command's terminal a new size."""
        await self._act("resize", {"size": _size(rows, columns)})

    async def terminate(self) -> None:
        """Kill the command."""
        await self._act("terminate", {})

    async def _act(self, verb: str, params: Json) -> None:
        await self._connection.request(
            f"command/exec/{verb}",
            {"processId": self.process_id, **params},
            timeout=self._request_timeout,
        )

    async def _execute(self) -> None:
        try:
            async with self._connection.asking("command/exec", self._params) as waiter:
                self._sent.set()
                self._answer = await waiter.wait()
        except ClientError as error:
            self._error = error
        finally:
            # All output comes before the answer.
            self._output.finish()
            self._sent.set()
            self._ended.set()

    def _raise_error(self) -> None:
        if isinstance(self._error, ConnectionClosedError):
            raise self._error.again()
        if self._error is not None:
            raise self._error

    def _collect(self, output: CommandOutput) -> None:
        kept = self._collected[output.stream]
        kept.data += output.data
        kept.capped = kept.capped or output.capped

    def _is_mine(self, notification: Notification) -> bool:
        return notification.wire_params.get("processId") == self.process_id


def _output(notification: Notification) -> CommandOutput:
    params = notification.wire_params
    stream: Stream = "stderr" if params.get("stream") == "stderr" else "stdout"
    data = base64.b64decode(params.get("deltaBase64") or "")
    return CommandOutput(stream, data, bool(params.get("capReached")))


def _fills(text: str, cap: int | None) -> bool | None:
    """Whether output fills its cap; None when what the server made of it is longer than it was."""
    most = _SERVER_CAP if cap is None else cap
    size = len(text.encode("utf-8", "replace"))
    if most < 0 or size < most:
        return False
    return True if text.isascii() else None


def _size(rows: int, columns: int) -> Json:
    return {"rows": rows, "cols": columns}


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
