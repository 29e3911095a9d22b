"""One JSON-RPC message: its text becomes a value, and the value says what kind of message it is.

The app-server's messages have no `jsonrpc` member, and ids are strings or integers of 64 bits.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Any, NoReturn, TypeAlias

from msgspec import MsgspecError
from msgspec.json import Decoder

from codexwire.version import VERSION_TEXT, Version

__all__ = [
    "Json",
    "LineError",
    "MessageKind",
    "RequestId",
    "kind_of",
    "parse",
    "parse_object",
    "request_id",
    "server_release",
]

Json: TypeAlias = "dict[str, Any]"

RequestId: TypeAlias = "str | int"
"""A request id; 7 and "7" differ."""

# Python's own conversion refuses integers of more than 4300 digits, and what can convert them takes
# time that grows with the square of their length.
_DIGITS = 4000
_LONGEST_INTEGER = 20_000
_INT64 = 1 << 63

_decode = Decoder().decode


class LineError(ValueError):
    """Bytes that are no JSON value; `kind` is `utf-8`, `json`, `nesting` or `number`."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def parse(line: bytes) -> Any:
    """Return the JSON value of a line; LineError when it has none.

    Takes all that RFC 8259 allows, integers of up to 20,000 digits and lone surrogates in escapes
    included; refuses NaN, Infinity and a byte order mark. Of a key that comes twice, the last one counts.
    """
    try:
        return _decode(line)
    except (MsgspecError, UnicodeDecodeError, RecursionError):
        return _parse_slowly(line)


def parse_object(line: bytes) -> Json | None:
    """Return the JSON object of a line, or None for a line that is none."""
    try:
        value = parse(line)
    except LineError:
        return None
    return value if type(value) is dict else None


def _parse_slowly(line: bytes) -> Any:
    try:
        return json.loads(line.decode(), parse_int=_integer, parse_constant=_refuse)
    except UnicodeDecodeError as error:
        raise LineError("utf-8", f"invalid UTF-8 at byte {error.start + 1}") from None
    except json.JSONDecodeError as error:
        raise LineError(
            "json", f"not JSON: {error.msg.removesuffix(' at')} at column {error.pos + 1}"
        ) from None
    except RecursionError:
        raise LineError("nesting", "nested too deeply to be read") from None


def _integer(text: str) -> int:
    digits = len(text.removeprefix("-"))
    if digits > _LONGEST_INTEGER:
        raise LineError("number", f"an integer of {digits:,} digits is not read")
    return int(text) if digits < _DIGITS else int(Decimal(text))


def _refuse(constant: str) -> NoReturn:
    raise LineError("json", f"not JSON: {constant} is no value")


class MessageKind(StrEnum):
    """What a message is by its members."""

    REQUEST = "request"
    NOTIFICATION = "notification"
    RESPONSE = "response"
    ERROR = "error"
    OTHER = "other"

    @property
    def is_answer(self) -> bool:
        """Whether it answers a request."""
        return self is MessageKind.RESPONSE or self is MessageKind.ERROR


def kind_of(body: Mapping[str, Any]) -> MessageKind:
    """Return what a decoded object is: by `method` (a string), else `error`, else `result`.

    With a method, the member `id` makes it a request, whatever its value; see `request_id`.
    """
    if isinstance(body.get("method"), str):
        return MessageKind.REQUEST if "id" in body else MessageKind.NOTIFICATION
    if "error" in body:
        return MessageKind.ERROR
    return MessageKind.RESPONSE if "result" in body else MessageKind.OTHER


def request_id(value: Any) -> RequestId | None:
    """Return a value that can be a request id (any string, an integer of 64 bits), else None."""
    if type(value) is str:
        return value
    return value if type(value) is int and -_INT64 <= value < _INT64 else None


_RELEASE = rf"(?:^|/)({VERSION_TEXT})"
_BEFORE_PLATFORM = re.compile(_RELEASE + r"(?=\s+\()")
_BY_ITSELF = re.compile(_RELEASE + r"(?=\s|$)")


def server_release(user_agent: Any) -> Version | None:
    """Return the release that a `userAgent` names: `client/0.163.0 (Debian …) xterm (client; 1.0)`.

    It stands before the platform in brackets. The client's own name comes first and may hold a
    release too, so that without a platform it is the last one before any bracket. None for what names
    no release, or is no string.
    """
    if not isinstance(user_agent, str):
        return None
    found = _BEFORE_PLATFORM.search(user_agent)
    if found is not None:
        return Version.read(found[1])
    named = _BY_ITSELF.findall(user_agent.partition("(")[0])
    return Version.read(named[-1]) if named else None
