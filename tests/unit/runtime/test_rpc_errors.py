from __future__ import annotations

import pytest

from codexwire.runtime.errors import (
    AlreadyInitializedError,
    ExperimentalApiError,
    FileMissingError,
    InternalServerError,
    InvalidParamsError,
    MethodUnknownError,
    NotInitializedError,
    OverloadedError,
    ProcessExistsError,
    ProcessInputError,
    ProcessNotFoundError,
    ProcessTerminalError,
    RpcError,
    SessionNotFoundError,
    ThreadNotFoundError,
    TurnNotActiveError,
    rpc_error,
)


@pytest.mark.parametrize(
    ("code", "message", "kind"),
    [
        (-32600, "Not initialized", NotInitializedError),
        (-32600, "thread not found: 0190", ThreadNotFoundError),
        (-32600, "conversation not found: 0190", ThreadNotFoundError),
        (-32600, "no rollout found for thread id 0190", ThreadNotFoundError),
        (-32600, "thread not loaded: 0190", ThreadNotFoundError),
        (-32600, "no active turn to steer", TurnNotActiveError),
        (-32600, "expected active turn id `wrong` but found `3`", TurnNotActiveError),
        (-32600, "thread/search requires experimentalApi capability", ExperimentalApiError),
        (
            -32600,
            "Invalid request: unknown variant `a/b`, expected one of `initialize`, `thread/start`",
            MethodUnknownError,
        ),
        (
            -32600,
            "Invalid request: unknown variant `bogus`, expected one of `read-only`",
            InvalidParamsError,
        ),
        (-32600, "Invalid request: missing field `params`", InvalidParamsError),
        (-32601, "thread/items/list is not supported yet", MethodUnknownError),
        (-32602, "userVerification", InvalidParamsError),
        (-32603, "failed to spawn command", InternalServerError),
        (-32001, "Server overloaded; retry later.", OverloadedError),
        (-32600, "command must not be empty", RpcError),
        (-32600, "client must call initialize before using exec methods", NotInitializedError),
        (-32600, "client must send initialized before using exec methods", NotInitializedError),
        (-32600, "initialize may only be sent once per connection", AlreadyInitializedError),
        (-32600, "Already initialized", AlreadyInitializedError),
        (-32600, "unknown process id nope", ProcessNotFoundError),
        (-32600, "process p4 already exists", ProcessExistsError),
        (-32600, 'no active command/exec for process id "x"', ProcessNotFoundError),
        (-32600, 'no active process for process handle "x"', ProcessNotFoundError),
        (-32600, 'duplicate active command/exec process id: "x"', ProcessExistsError),
        (-32600, 'duplicate active process handle: "x"', ProcessExistsError),
        (-32600, "stdin streaming is not enabled for this process", ProcessInputError),
        (-32600, "stdin is already closed", ProcessInputError),
        (
            -32600,
            "failed to resize PTY: process is not attached to a PTY",
            ProcessTerminalError,
        ),
        (-32600, "failed to resize PTY: device is gone", ProcessTerminalError),
        (-32600, "process is not attached to a PTY", ProcessTerminalError),
        (-32600, "unknown session id no-such-session", SessionNotFoundError),
        (-32602, "argv must not be empty", InvalidParamsError),
        (-32601, "exec-server stub does not implement `no/such` yet", MethodUnknownError),
        (-32004, "No such file or directory (os error 2)", FileMissingError),
        (1, "m", RpcError),
    ],
)
def test_error_answers_are_told_apart(code: int, message: str, kind: type[RpcError]) -> None:
    error = rpc_error({"code": code, "message": message}, "demo")
    assert type(error) is kind
    assert str(error) == f"demo: {message} (JSON-RPC {code})"
