"""How the errors of servers, whichever protocol they speak, are told apart.

Nearly everything is answered with −32600, so that the text has to tell: openai/codex app-server
0.58.0–0.169.0, exec-server 0.120.0–0.169.0.
"""

from __future__ import annotations

from typing import Final

from codexwire.model.error_kind import INVALID_REQUEST, METHOD_NOT_FOUND, ErrorKind

__all__ = ["ERRORS"]

ERRORS: Final = (
    ErrorKind("Overloaded", -32001),
    ErrorKind("FileMissing", -32004),
    ErrorKind("MethodUnknown", METHOD_NOT_FOUND),
    ErrorKind("InvalidParams", -32602),
    ErrorKind("InternalServer", -32603),
    ErrorKind(
        "NotInitialized",
        INVALID_REQUEST,
        r"^not initialized|^client must (call initialize|send initialized)",
    ),
    ErrorKind(
        "AlreadyInitialized",
        INVALID_REQUEST,
        r"^already initialized|^initialize may only be sent once",
    ),
    ErrorKind(
        "ProcessNotFound", INVALID_REQUEST, r"^unknown process id|^no active \S+ for process"
    ),
    ErrorKind(
        "ProcessExists",
        INVALID_REQUEST,
        r"^process .* already exists$|^duplicate active (command|process)",
    ),
    ErrorKind(
        "ProcessInput", INVALID_REQUEST, r"^stdin (streaming is not enabled|is already closed)"
    ),
    ErrorKind(
        "ProcessTerminal", INVALID_REQUEST, r"^failed to resize PTY|is not attached to a PTY"
    ),
    ErrorKind("SessionNotFound", INVALID_REQUEST, r"^unknown session id"),
    ErrorKind("ExperimentalApi", INVALID_REQUEST, r"requires experimentalApi capability"),
    ErrorKind(
        "MethodUnknown",
        INVALID_REQUEST,
        r"^invalid request: unknown variant .*expected one of `initialize`",
    ),
    ErrorKind(
        "ThreadNotFound",
        INVALID_REQUEST,
        r"^(thread|conversation) not (found|loaded)|^no rollout found",
    ),
    ErrorKind("TurnNotActive", INVALID_REQUEST, r"no active turn|expected active turn"),
    ErrorKind("InvalidParams", INVALID_REQUEST, r"^invalid request"),
)
"""The first one that an error fits is its kind."""
