"""The kinds of errors that a server answers with, told apart by code and text."""

from __future__ import annotations

from typing import Final

import msgspec

__all__ = ["INVALID_REQUEST", "METHOD_NOT_FOUND", "ErrorKind"]

INVALID_REQUEST: Final = -32600
METHOD_NOT_FOUND: Final = -32601


class ErrorKind(msgspec.Struct, frozen=True):
    """One kind of JSON-RPC error, with the code and, where that is not enough, what its message says.

    `pattern` is a regular expression, found anywhere in the message whatever the case. The class of
    the kind in `codexwire.runtime.errors` has `Error` behind the `name`.
    """

    name: str
    code: int
    pattern: str | None = None
