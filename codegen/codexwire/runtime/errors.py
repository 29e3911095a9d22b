"""What can go wrong between a client and a server.

    ClientError                          a CodexwireError; anything below
    ├── LaunchError                      the server could not be found, started or reached
    │   ├── HandshakeRefusedError        a websocket answered with an HTTP error (`status`)
    │   └── NoServerError                nobody listens at the address (yet)
    ├── ConnectionClosedError            the connection is gone (`returncode`, `stderr_tail`)
    ├── MessageError                     a message that JSON or the wire cannot carry
    ├── RequestTimeoutError              what was waited for did not come in time (`method`, `seconds`)
    ├── ThreadBusyError                  a turn runs on the thread already (`thread_id`, `turn_id`)
    ├── TurnFailedError                  the turn ended otherwise than completed (`result`)
    ├── BufferOverflowError              a consumer was too slow (`limit`)
    ├── UnexpectedResultError            an answer that is not the result its method has (`method`, `raw`)
    │   └── UnreadableAnswerError        an answer that is no JSON (`raw` is the line)
    ├── UnsupportedError                 this server's release does not have what was asked for
    ├── StdinClosedError                 a process that has no standard input (any more) (`process_id`)
    ├── BrokenBodyError                  a streamed HTTP body broke off
    └── RpcError                         the server answered with an error (`code`, `data`, `method`)
        ├── NotInitializedError          the handshake is missing
        ├── AlreadyInitializedError      a second handshake
        ├── OverloadedError              the server asks to come back later
        ├── ThreadNotFoundError          no such thread or conversation
        ├── TurnNotActiveError           no such running turn to interrupt or steer
        ├── ExperimentalApiError         needs `experimentalApi` in the handshake
        ├── ProcessNotFoundError         no such process or command
        ├── ProcessExistsError           a process or command of that id runs already
        ├── ProcessInputError            its standard input is not open (app-server)
        ├── ProcessTerminalError         it runs on no terminal (app-server)
        ├── SessionNotFoundError         no such session to resume (exec-server)
        ├── FileMissingError             no such file, folder or handle (exec-server)
        ├── MethodUnknownError           the server does not know or does not serve the method
        ├── InvalidParamsError           the server could not read the request
        └── InternalServerError          the server failed while it served the request

Which RpcError it is, code and text tell (`codexwire.profiles.errors`); `code`, `data` and
`message` are always those of the wire.
"""

from __future__ import annotations

import re
from typing import Any

from codexwire.errors import CodexwireError
from codexwire.profiles.errors import ERRORS

__all__ = [
    "AlreadyInitializedError",
    "BrokenBodyError",
    "BufferOverflowError",
    "ClientError",
    "ConnectionClosedError",
    "ExperimentalApiError",
    "FileMissingError",
    "HandshakeRefusedError",
    "InternalServerError",
    "InvalidParamsError",
    "LaunchError",
    "MessageError",
    "MethodUnknownError",
    "NoServerError",
    "NotInitializedError",
    "OverloadedError",
    "ProcessExistsError",
    "ProcessInputError",
    "ProcessNotFoundError",
    "ProcessTerminalError",
    "RequestTimeoutError",
    "RpcError",
    "SessionNotFoundError",
    "StdinClosedError",
    "ThreadBusyError",
    "ThreadNotFoundError",
    "TurnFailedError",
    "TurnNotActiveError",
    "UnexpectedResultError",
    "UnreadableAnswerError",
    "UnsupportedError",
    "rpc_error",
]

_SHOWN_TAIL = 600
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class ClientError(CodexwireError):
    """Talking to a server failed."""


class LaunchError(ClientError):
    """The server could not be found, started or reached."""


class HandshakeRefusedError(LaunchError):
    """The server refused the websocket; `status` is the HTTP status (401 and 403: the token)."""

    def __init__(self, message: str, *, status: int, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.status = status


class NoServerError(LaunchError):
    """Nobody listens at the address, or not yet."""


class ConnectionClosedError(ClientError):
    """The connection is gone.

    `reason` is one sentence; `returncode` is the server process's (negative for a signal, None when
    unknown), `stderr_tail` the end of what it wrote to standard error.
    """

    def __init__(
        self, reason: str, *, returncode: int | None = None, stderr_tail: str = ""
    ) -> None:
        tail = _COLOUR.sub("", stderr_tail).strip()[-_SHOWN_TAIL:]
        super().__init__(reason, hint=f"the server's last words: {tail}" if tail else None)
        self.reason = reason
        self.returncode = returncode
        self.stderr_tail = stderr_tail

    def again(self) -> ConnectionClosedError:
        """Return a copy to raise: an exception that several tasks raise would mix their tracebacks."""
        return ConnectionClosedError(
            self.reason, returncode=self.returncode, stderr_tail=self.stderr_tail
        )


class MessageError(ClientError):
    """A message that JSON or the wire cannot carry, found before it was sent."""


class RequestTimeoutError(ClientError):
    """What was waited for did not come within `seconds`: the answer to `method`, or what the text says.

    An answer that still comes is dropped.
    """

    def __init__(self, method: str, seconds: float, missing: str | None = None) -> None:
        super().__init__(f"{missing or f'no answer to {method!r}'} within {seconds:g} s")
        self.method = method
        self.seconds = seconds
        self.missing = missing


class ThreadBusyError(ClientError):
    """A turn runs (or is being started) on the thread, and the policy is `error`."""

    def __init__(self, thread_id: str, turn_id: str | None) -> None:
        super().__init__(
            f"a turn is running on thread {thread_id}",
            hint="wait for it, or use the policy `queue` or `steer`",
        )
        self.thread_id = thread_id
        self.turn_id = turn_id


class TurnFailedError(ClientError):
    """A turn ended as `failed` or `interrupted`; `result` is all that is known of it."""

    def __init__(self, result: Any) -> None:
        detail = f": {result.error_message}" if result.error_message else f" ({result.ended_by})"
        super().__init__(f"the turn ended as {result.status}{detail}")
        self.result = result


class BufferOverflowError(ClientError):
    """A consumer fell more than `limit` notifications behind; what came after them is gone."""

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"more than {limit} notifications were waiting for this consumer",
            hint="read faster, raise `buffer`, or choose overflow='drop_oldest'",
        )
        self.limit = limit


class UnexpectedResultError(ClientError):
    """The server answered `method` with `raw`, which is nothing like the result that it has."""

    def __init__(self, method: str, raw: Any, problem: str = "is no result of that method") -> None:
        super().__init__(f"the answer to {method!r} {problem}")
        self.method = method
        self.raw = raw


class UnreadableAnswerError(UnexpectedResultError):
    """The server answered `method` with a line that is no JSON object; `raw` is its bytes."""

    def __init__(self, method: str, raw: bytes) -> None:
        super().__init__(method, raw, "cannot be read: it is no JSON object")


class UnsupportedError(ClientError):
    """The release of the server does not have what was asked for."""


class StdinClosedError(ClientError):
    """A process has no standard input: it was started without one, or closed it."""

    def __init__(self, process_id: str) -> None:
        super().__init__(
            f"the standard input of process {process_id} is closed",
            hint="start it with stdin=True or tty=True",
        )
        self.process_id = process_id


class BrokenBodyError(ClientError):
    """The body of a streamed HTTP answer broke off; what was read before is what came."""


class RpcError(ClientError):
    """The server answered with a JSON-RPC error: `code`, `message` and `data` as on the wire."""

    def __init__(self, code: int, message: str, data: Any = None, *, method: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.data = data
        self.method = method

    def __str__(self) -> str:
        return f"{self.method or 'request'}: {self.message} (JSON-RPC {self.code})"


class NotInitializedError(RpcError):
    """A request before the handshake."""


class AlreadyInitializedError(RpcError):
    """A second handshake on one connection."""


class OverloadedError(RpcError):
    """The server's queue is full; the request was not taken and may be sent again."""


class ThreadNotFoundError(RpcError):
    """The server has no such thread or conversation."""


class TurnNotActiveError(RpcError):
    """The turn to interrupt or steer is not the one that runs."""


class ExperimentalApiError(RpcError):
    """The method or field needs the capability `experimentalApi`."""


class ProcessNotFoundError(RpcError):
    """The server has no such process, or no command of that id runs."""


class ProcessExistsError(RpcError):
    """The session of the exec-server has a process of that id already, or such a command runs."""


class ProcessInputError(RpcError):
    """The standard input of a command or process is not open, or no longer."""


class ProcessTerminalError(RpcError):
    """A command or process runs on no terminal, and has no size."""


class SessionNotFoundError(RpcError):
    """The exec-server has no such session (any more)."""


class FileMissingError(RpcError):
    """The exec-server's machine has no such file or folder, or no such handle is open."""


class MethodUnknownError(RpcError):
    """The server does not know the method, or knows and does not serve it."""


class InvalidParamsError(RpcError):
    """The server could not read the request."""


class InternalServerError(RpcError):
    """The server failed while it served the request."""


_CLASSES = {kind.__name__: kind for kind in RpcError.__subclasses__()}
_KINDS = tuple(
    (kind.code, re.compile(kind.pattern or "", re.IGNORECASE), _CLASSES[f"{kind.name}Error"])
    for kind in ERRORS
)


def rpc_error(error: Any, method: str) -> RpcError:
    """Return the exception for the `error` member of an answer to `method`."""
    if not isinstance(error, dict):
        return RpcError(0, f"malformed error answer: {error!r}", method=method)
    code, message, data = error.get("code"), str(error.get("message", "")), error.get("data")
    if not isinstance(code, int):
        return RpcError(0, message, data, method=method)
    return _error_class(code, message)(code, message, data, method=method)


def _error_class(code: int, message: str) -> type[RpcError]:
    fitting = (kind for known, text, kind in _KINDS if code == known and text.search(message))
    return next(fitting, RpcError)
