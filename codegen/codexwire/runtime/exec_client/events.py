"""What the exec-server says about a process: its output, its exit, its end."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from codexwire.model.message import Json
from codexwire.runtime.client.messages import Notification
from codexwire.runtime.errors import UnexpectedResultError
from codexwire.runtime.exec_client.sequence import Gap

__all__ = [
    "PROCESS_EVENTS",
    "Closed",
    "Exited",
    "ProcessOutput",
    "ProcessRead",
    "ProcessResult",
    "process_event",
    "unbase64",
]

Stream: TypeAlias = Literal["stdout", "stderr", "pty"]

PROCESS_EVENTS: Final = ("process/output", "process/exited", "process/closed")
"""The notifications about processes."""


@dataclass(frozen=True, slots=True)
class ProcessOutput:
    """A piece of output: its number, the stream, the bytes, and what was lost right before it."""

    seq: int
    stream: Stream
    data: bytes
    gap: Gap | None = None


@dataclass(frozen=True, slots=True)
class Exited:
    """The process ended with an exit code; its output may go on."""

    seq: int
    exit_code: int
    sandbox_denied: bool | None


@dataclass(frozen=True, slots=True)
class Closed:
    """The true end: nothing of the process follows."""

    seq: int


@dataclass(frozen=True, slots=True)
class ProcessRead:
    """The answer to `process/read`: what the server has kept, and how the process is.

    `next_seq` less one is the `after_seq` of the next read. `failure` is the server's own text when it
    could not follow the process; `sandbox_denied` is None before 0.142.0.
    """

    chunks: tuple[ProcessOutput, ...]
    next_seq: int
    exited: bool
    exit_code: int | None
    closed: bool
    failure: str | None = None
    sandbox_denied: bool | None = None

    @classmethod
    def of(cls, result: Any) -> ProcessRead:
        """Return what a result on the wire says; UnexpectedResultError for one that is none."""
        try:
            return cls(
                tuple(_output(chunk) for chunk in result["chunks"]),
                result["nextSeq"],
                result["exited"],
                result["exitCode"],
                result["closed"],
                result.get("failure"),
                result.get("sandboxDenied"),
            )
        except (KeyError, TypeError, binascii.Error):
            raise UnexpectedResultError("process/read", result) from None


@dataclass(frozen=True, slots=True)
class ProcessResult:
    """What a process came to.

    `exit_code` is 128 + n after signal n (−1 after a kill up to 0.145.0), None when the server could
    not tell. `stdout` has the output of a terminal too. `gaps` are the numbers of output that is lost;
    empty means that nothing is. `sandbox_denied` says that the sandbox refused something (None before
    0.145.0), `failure` why the server could not follow the process.
    """

    exit_code: int | None
    stdout: bytes
    stderr: bytes
    gaps: tuple[Gap, ...] = ()
    sandbox_denied: bool | None = None
    failure: str | None = None


def process_event(notification: Notification) -> ProcessOutput | Exited | Closed | None:
    """Return what a notification says; None when it is no event of a process, or is unreadable."""
    params = notification.wire_params
    try:
        if notification.method == "process/output":
            return _output(params)
        if notification.method == "process/exited":
            return Exited(params["seq"], params["exitCode"], params.get("sandboxDenied"))
        if notification.method == "process/closed":
            return Closed(params["seq"])
    except (KeyError, TypeError, binascii.Error):
        pass
    return None


def _output(chunk: Json) -> ProcessOutput:
    return ProcessOutput(chunk["seq"], chunk["stream"], unbase64(chunk["chunk"]))


def unbase64(text: str) -> bytes:
    """Return the bytes; binascii.Error or TypeError for what is no base64 text."""
    return base64.b64decode(text, validate=True)
