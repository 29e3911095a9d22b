"""Whatever says that a name is unknown says which known one may have been meant."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import codexwire
from codexwire.testing import check_transcript
from codexwire.usecases.contract import contract_from

MESSAGES = (
    {"id": 0, "method": "initialize", "params": {"clientInfo": {"name": "x", "version": "1"}}},
    {
        "id": 0,
        "result": {
            "userAgent": "x/0.163.0 (Linux; x86_64) dumb",
            "codexHome": "/h",
            "platformFamily": "unix",
            "platformOs": "linux",
        },
    },
    {"method": "initialized"},
    {"id": 1, "method": "turn_start", "params": {"threadId": "t", "input": []}},
    {
        "id": 2,
        "method": "turn/start",
        "params": {"threadId": "t", "input": [], "sandbox_policy": {}},
    },
    {"method": "turn/completd", "params": {"threadId": "t"}},
)
"""Invented: two methods and a property are misspelled."""


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    path = tmp_path / "misspelled.jsonl"
    path.write_text("".join(json.dumps(message) + "\n" for message in MESSAGES), "utf-8")
    return path


def test_validate(recording: Path) -> None:
    texts = [f.message for f in codexwire.validate(recording).findings if f.level == "error"]
    assert texts == [
        "the client has no method 'turn_start' in this schema; did you mean 'turn/start'?",
        "the server has no method 'turn/completd' in this schema; did you mean 'turn/completed'?",
    ]


def test_a_method_of_the_other_side() -> None:
    with pytest.raises(
        AssertionError, match="no method 'turn/start' in this schema; the client has"
    ):
        check_transcript([*MESSAGES[:3], ("server", MESSAGES[4])], "0.163.0")


@pytest.mark.parametrize("mode", ["tolerant", "strict"])
def test_decode(recording: Path, mode: str) -> None:
    found = codexwire.decode(recording, package="codex_app_server_protocol", mode=mode).findings
    told = [f.message.partition("id you mean ")[2] for f in found]
    assert "'turn/start'?" in told
    assert "'turn/completed'?" in told
    assert "'sandboxPolicy'?" in told


def test_contract(recording: Path) -> None:
    (notice,) = contract_from(recording).notices
    assert "turn_start (did you mean 'turn/start'?)" in notice.text
    assert ".sandbox_policy (did you mean 'TurnStartParams.sandboxPolicy'?)" in notice.text


def test_pytest_plugin() -> None:
    with pytest.raises(AssertionError, match="did you mean 'turn/start'"):
        check_transcript(MESSAGES)
