"""From bytes: what JSON is, what the fast path must not be fooled by, and what a bad line is called."""

from __future__ import annotations

from functools import cache

import pytest

from codexwire import ingest, normalize, wire
from codexwire.direction import Side
from codexwire.model.normalization import Effect

DELTA = (
    b'{"method":"item/agentMessage/delta",'
    b'"params":{"threadId":"t","turnId":"u","itemId":"i","delta":"x"}}'
)
MANY = 100_000


@cache
def validators() -> wire.Validators:
    loaded = ingest.load("0.163.0")
    return wire.compile(normalize.normalize(loaded, effects=(Effect.ANNOTATE,)).protocol)


def member(extra: bytes) -> bytes:
    """The notification with something more in its params."""
    return DELTA.replace(b'"x"}', b'"x",' + extra + b"}")


def beside(extra: bytes) -> bytes:
    """The notification with something more beside its params."""
    return DELTA[:-1] + b"," + extra + b"}"


VALID = {
    "plain": DELTA,
    "blanks around": b" " + DELTA + b"\r\n",
    "method last": b'{"params":' + DELTA.split(b'"params":')[1][:-1] + b',"method":"item/agent'
    b'Message/delta"}',
    "another method inside": DELTA.replace(b'{"threadId"', b'{"method":"turn/started","threadId"'),
    "escaped key": DELTA.replace(b'"method"', b'"m\\u0065thod"'),
    "unknown member": member(b'"other":[1,{"a":null}]'),
    "non-ascii": DELTA.replace(b'"x"', '"h\u00e9\U0001f600"'.encode()),
    "half a surrogate pair": DELTA.replace(b'"x"', b'"\\ud83d"'),
    "half a surrogate pair in an unknown member": member(b'"other":"\\ud83d"'),
    "integer beyond 64 bits": beside(b'"emittedAtMs":' + b"9" * 40),
    "integer beyond 4300 digits": beside(b'"emittedAtMs":' + b"9" * 5000),
    "unknown integer beyond 4300 digits": member(b'"other":' + b"9" * 5000),
    "whole number with a point": beside(b'"emittedAtMs":1.0'),
    "whole number with an exponent": beside(b'"emittedAtMs":1e3'),
    "second value counts": DELTA.replace(b'"delta":', b'"delta":1,"delta":'),
    "second method counts": DELTA.replace(b'{"method"', b'{"method":"no/such","method"'),
}
# line and the rule and pointer of its first violation
INVALID = {
    "invalid UTF-8": (DELTA.replace(b'"x"', b'"\xff"'), "envelope/utf-8", ""),
    "invalid UTF-8 in an unknown member": (member(b'"other":"\xff"'), "envelope/utf-8", ""),
    "invalid UTF-8 in an unknown key": (member(b'"\xff":1'), "envelope/utf-8", ""),
    "NaN in an unknown member": (member(b'"other":NaN'), "envelope/json", ""),
    "Infinity": (beside(b'"emittedAtMs":-Infinity'), "envelope/json", ""),
    "byte order mark": (b"\xef\xbb\xbf" + DELTA, "envelope/json", ""),
    "cut off": (DELTA[:-9], "envelope/json", ""),
    "more behind": (DELTA + b"]", "envelope/json", ""),
    "control character in an unknown member": (member(b'"other":"\x01"'), "envelope/json", ""),
    "leading zero in an unknown member": (member(b'"other":01'), "envelope/json", ""),
    "nothing": (b"", "envelope/json", ""),
    "nested arrays": (member(b'"other":' + b"[" * MANY + b"]" * MANY), "envelope/nesting", ""),
    "nested objects": (
        member(b'"other":' + b'{"a":' * MANY + b"1" + b"}" * MANY),
        "envelope/nesting",
        "",
    ),
    "an array": (b"[]", "envelope/object", ""),
    "no method": (DELTA.replace(b'"method"', b'"m"'), "schema/required", ""),
    "method only inside": (b'{"params":' + DELTA + b"}", "schema/required", ""),
    "number for a method": (b'{"method":1}', "schema/type", "/method"),
    "empty method": (b'{"method":""}', "schema/unknown-method", "/method"),
    "quote in a method": (b'{"method":"a\\"b"}', "schema/unknown-method", "/method"),
    "method of the client": (b'{"method":"initialized"}', "schema/unknown-method", "/method"),
    "true for an integer": (beside(b'"emittedAtMs":true'), "schema/type", "/emittedAtMs"),
    "second value is wrong": (
        DELTA.replace(b'"delta":', b'"delta":"","delt\\u0061":1,"x":'),
        "schema/type",
        "/params/delta",
    ),
    "second method is another": (
        beside(b'"method":"turn/started"'),
        "schema/required",
        "/params",
    ),
}


@pytest.mark.parametrize("name", VALID)
def test_valid_lines_are_accepted(name: str) -> None:
    line = VALID[name]
    message, broken = wire.decode(line)
    assert broken is None
    assert validators().check_message(message, Side.SERVER) == ()
    assert validators().accepts_message(message, Side.SERVER)
    assert validators().accepts_line(line, Side.SERVER)


@pytest.mark.parametrize("name", INVALID)
def test_invalid_lines_are_refused_by_name(name: str) -> None:
    line, rule, pointer = INVALID[name]
    assert not validators().fast_accepts(line, Side.SERVER)
    assert not validators().accepts_line(line, Side.SERVER)
    message, broken = wire.decode(line)
    found = [broken] if broken else validators().check_message(message, Side.SERVER)
    assert (found[0].rule, found[0].pointer) == (rule, pointer)
    assert broken is not None or not validators().accepts_message(message, Side.SERVER)


def test_responses_from_bytes() -> None:
    good = b'{"id":1,"result":{"data":[],"nextCursor":null}}'
    accepts = validators().accepts_result
    assert accepts(good, "model/list", Side.CLIENT)
    assert accepts(good.replace(b":1,", b":1.0,"), "model/list", Side.CLIENT)
    assert not accepts(good, "no/such", Side.CLIENT)
    assert not accepts(good, "model/list", Side.SERVER)
    assert not accepts(good.replace(b":1,", b":true,"), "model/list", Side.CLIENT)
    assert not accepts(good.replace(b"[]", b"{}"), "model/list", Side.CLIENT)
    assert not accepts(good.replace(b"null", b'"\xff"'), "model/list", Side.CLIENT)
    assert not accepts(good[:-1], "model/list", Side.CLIENT)
