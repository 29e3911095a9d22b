"""What a message is: its kind by its members, and what can be a request id."""

from __future__ import annotations

from typing import Any

import pytest

from codexwire.model.message import LineError, MessageKind, kind_of, parse, parse_object, request_id


@pytest.mark.parametrize(
    ("value", "is_id"),
    [
        (0, True),
        ("", True),
        ("7", True),
        (-(2**63), True),
        (2**63 - 1, True),
        (2**63, False),
        (-(2**63) - 1, False),
        (True, False),
        (1.0, False),
        (None, False),
        ([1], False),
    ],
)
def test_request_ids(value: Any, is_id: bool) -> None:
    found = request_id(value)
    assert (found, type(found)) == ((value, type(value)) if is_id else (None, type(None)))


def test_a_number_and_its_text_are_two_ids() -> None:
    assert request_id(7) != request_id("7")


@pytest.mark.parametrize(
    ("body", "kind", "is_answer"),
    [
        ({"method": "x", "id": None}, MessageKind.REQUEST, False),
        ({"method": "x"}, MessageKind.NOTIFICATION, False),
        ({"method": "x", "result": 1}, MessageKind.NOTIFICATION, False),
        ({"method": 1, "result": 1}, MessageKind.RESPONSE, True),
        ({"result": None}, MessageKind.RESPONSE, True),
        ({"error": None, "result": 1}, MessageKind.ERROR, True),
        ({"id": 1}, MessageKind.OTHER, False),
        ({}, MessageKind.OTHER, False),
    ],
)
def test_kinds(body: dict[str, Any], kind: MessageKind, is_answer: bool) -> None:
    assert kind_of(body) is kind
    assert kind.is_answer is is_answer


@pytest.mark.parametrize(
    ("line", "value"), [(b'{"a":1}', {"a": 1}), (b"[]", None), (b"{", None), (b"{}", {})]
)
def test_objects(line: bytes, value: Any) -> None:
    assert parse_object(line) == value


@pytest.mark.parametrize("sign", ["", "-"])
def test_an_integer_may_have_20000_digits(sign: str) -> None:
    assert parse(f"{sign}{'9' * 20_000}".encode()) == int(f"{sign}1") * (10**20_000 - 1)
    with pytest.raises(LineError, match="an integer of 20,001 digits is not read") as refused:
        parse(f"{sign}{'9' * 20_001}".encode())
    assert refused.value.kind == "number"
