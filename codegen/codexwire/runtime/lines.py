"""The bytes of one message become a JSON value: fast where they can, exact always."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any, NoReturn

from msgspec import MsgspecError
from msgspec.json import Decoder

__all__ = ["LineError", "parse"]

# Python's own conversion refuses integers of more than 4300 digits.
_DIGITS = 4000

_decode = Decoder().decode


class LineError(ValueError):
    """Bytes that are no JSON value; `kind` is `utf-8`, `json` or `nesting`."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def parse(line: bytes) -> Any:
    """Return the JSON value of a line; LineError when it has none.

    Takes all that RFC 8259 allows, integers of any size and lone surrogates in escapes included;
    refuses NaN, Infinity and a byte order mark. Of a key that comes twice, the last one counts.
    """
    try:
        return _decode(line)
    except (MsgspecError, UnicodeDecodeError, RecursionError):
        return _parse_slowly(line)


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


def _integer(digits: str) -> int:
    return int(digits) if len(digits) < _DIGITS else int(Decimal(digits))


def _refuse(constant: str) -> NoReturn:
    raise LineError("json", f"not JSON: {constant} is no value")
