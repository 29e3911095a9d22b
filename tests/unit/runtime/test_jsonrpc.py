"""The text of a message is what `json` writes, and what JSON cannot carry is refused."""

from __future__ import annotations

import json
import math
from collections import namedtuple
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import Any
from uuid import UUID

import pytest

from codexwire.runtime.client.jsonrpc import encode
from codexwire.runtime.errors import MessageError


class Word(StrEnum):
    A = "a"


class Number(IntEnum):
    THREE = 3


Pair = namedtuple("Pair", "a b")
CIRCLE: list[Any] = []
CIRCLE.append(CIRCLE)

CARRIED = [
    *(
        None,
        True,
        0,
        -1,
        1.5,
        -0.0,
        2**63,
        2**64,
        -(2**64),
        10**30,
        "",
        '\x7f\u2028é\x01"\\/',
        "😀",
    ),
    *([], {}, [1, [2, {"x": None}]], (1, 2), Pair(1, 2), Word.A, Number.THREE, {Word.A: 1}),
    *({1: 2}, {None: 1}, {True: 1}, {1.5: 2}),
]
REFUSED = [
    *(math.nan, math.inf, [-math.inf], {"a": {"b": [{"c": math.nan}]}}, {"null": math.nan}),
    *(b"x", bytearray(b"x"), memoryview(b"x"), {1, 2}, frozenset(), object(), Decimal("1.5")),
    *(
        datetime(2026, 1, 2, tzinfo=UTC),
        date(2026, 1, 2),
        timedelta(1),
        UUID(int=1),
        {date(2026, 1, 2): 1},
        {(1, 2): 3},
    ),
    *("\ud800", {"\udfff": 1}, CIRCLE),
]


@pytest.mark.parametrize("value", CARRIED, ids=repr)
def test_what_json_writes(value: Any) -> None:
    message = {"id": 1, "params": value}
    assert (
        encode(message) == json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
    )


@pytest.mark.parametrize("value", REFUSED, ids=lambda value: type(value).__name__)
def test_what_it_cannot_carry(value: Any) -> None:
    with pytest.raises(MessageError, match="demo cannot be sent"):
        encode({"id": 1, "method": "demo", "params": value})
