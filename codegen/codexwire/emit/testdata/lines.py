"""Test vectors of lines: one message, spelled in ways that are JSON and in ways that are not."""

from __future__ import annotations

import json
from base64 import b64encode
from codecs import BOM_UTF16_LE
from collections.abc import Iterator
from typing import Any

from codexwire.direction import Side
from codexwire.emit.testdata.damage import UNKNOWN
from codexwire.wire import Validators, decode

__all__ = ["line_vectors"]

_WHOLE = {
    "empty": b"",
    "blank": b"  ",
    "null": b"null",
    "number": b"7",
    "string": b'"text"',
    "batch": b"[]",
    "object": b"{}",
}
_MEMBERS = {
    "large-integer": b"12345678901234567890123",
    "exponent": b"1.5E+3",
    "text": '"é \\u00e9 \\ud83d\\ude00"'.encode(),
    "nan": b"NaN",
    "infinity": b"-Infinity",
    "leading-zero": b"01",
    "plus": b"+1",
    "hexadecimal": b"0x1F",
    "no-fraction": b"1.",
    "single-quotes": b"'a'",
    "unquoted": b"a",
    "control-character": b'"\t"',
    "unknown-escape": b'"\\x41"',
    "invalid-utf-8": b'"\xff"',
    "overlong-utf-8": b'"\xc0\xaf"',
    "surrogate-utf-8": b'"\xed\xa0\x80"',
    "trailing-comma": b"[1,]",
    "comment": b"1/**/",
}


def line_vectors(
    validators: Validators, message: dict[str, Any], sender: Side
) -> Iterator[dict[str, Any]]:
    """Yield the vectors of lines that `sender` may send, made of a valid message of its."""
    for base, line in _spelled(json.dumps(message, separators=(",", ":")).encode()):
        value, broken = decode(line)
        found = (broken,) if broken else validators.check_message(value, sender)
        wrong = [{"pointer": each.pointer, "rule": each.rule} for each in found]
        verdict = {"valid": not found, **({"violations": wrong} if found else {})}
        yield {"base": base, **verdict, **_content(line)}


def _spelled(line: bytes) -> Iterator[tuple[str, bytes]]:
    yield "plain", line
    yield "spaces", b" \t" + line.replace(b":", b" : ").replace(b",", b" , ") + b" \t"
    yield "carriage-return", line + b"\r"
    yield "escaped-name", line.replace(b'"method"', b'"\\u006dethod"')
    yield "escaped-slash", line.replace(b"/", b"\\/")
    yield "byte-order-mark", b"\xef\xbb\xbf" + line
    yield "utf-16", BOM_UTF16_LE + line.decode().encode("utf-16-le")
    yield "truncated", line[:-1]
    yield "something-after-it", line + b"}"
    yield "twice", line + line
    yield "no-name", line[:-1] + b",:1}"
    yield "comma-at-the-end", line[:-1] + b",}"
    yield "jsonrpc", line[:-1] + b',"jsonrpc":"2.0"}'
    yield from _WHOLE.items()
    for name, member in _MEMBERS.items():
        yield name, line[:-1] + f',"{UNKNOWN}":'.encode() + member + b"}"


def _content(line: bytes) -> dict[str, str]:
    """Return a line as text, or in base64 where it is none."""
    try:
        return {"text": line.decode()}
    except UnicodeDecodeError:
        return {"base64": b64encode(line).decode()}
