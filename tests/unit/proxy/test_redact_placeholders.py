"""What an earlier redaction put in stays, and its number is given to nothing else."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from secret_texts import LETTERS

from codexwire.proxy.redact import Redactor


def told(value: Any, redactor: Redactor) -> Any:
    """Redact one JSON value."""
    return json.loads(redactor.line(json.dumps(value).encode() + b"\n"))


def test_placeholders_that_are_there_are_not_given_to_others() -> None:
    redactor = Redactor()
    before = {"cwd": "/home/user-1/x", "token": "redacted-7", "mail": "email-2@example.com"}
    assert told(before, redactor) == before
    after = told({"cwd": "/home/anna", "token": "t", "mail": "a@corp.com"}, redactor)
    assert after == {"cwd": "/home/user-2", "token": "redacted-8", "mail": "email-3@example.com"}


UUID = "384aa2e5-2f26-4e39-b9cc-1818bf3c7a{:02}"


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("accountId", "anna{}"),
        ("accountId", UUID),
        ("password", "tr0ub4dor{}"),
        ("password", UUID),
        ("authorization", "Basic tr0ub4dor{}"),
        ("text", "AKIAABCDEFGHIJKLMN{:02}"),
        ("text", "ASIAABCDEFGHIJKLMN{:02}"),
        ("text", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl{}"),
        ("text", f"sk-{LETTERS}{{}}"),
        ("text", "anna{}@corp.com"),
        ("cwd", "/home/anna{}"),
        ("hostName", "build{}"),
        ("hostName", "b{}.corp.net"),
        ("hostName", "10.1.2.{}"),
        ("text", "see Bluebird{}"),
    ],
)
@pytest.mark.parametrize("number", [2, 12])
def test_a_placeholder_stays_and_its_number_is_taken(name: str, values: str, number: int) -> None:
    words = [f"Bluebird{n}" for n in range(number)]
    before, after = Redactor(words=words), Redactor(words=words)
    known = [told({name: values.format(n)}, before) for n in range(number)]
    assert told(known[-1], after) == known[-1]
    assert told({name: values.format(0)}, after) not in known


@pytest.mark.parametrize(
    "body", ['{"redacted":[]}', '{"redacted":1e999}', '{"redacted":' + "9" * 999]
)
def test_a_token_that_only_looks_like_a_placeholder(body: str) -> None:
    packed = base64.urlsafe_b64encode(body.encode()).decode().rstrip("=")
    token = f"eyJhbGciOiJub25lIn0.{packed}.redacted"
    redactor = Redactor()
    assert told({"text": token, "token": "tr0ub4dor"}, redactor) == {
        "text": token,
        "token": "redacted-1",
    }


def test_a_number_too_long_for_a_placeholder() -> None:
    assert told({"password": "redacted-" + "1" * 5000}, Redactor()) == {"password": "redacted-1"}
