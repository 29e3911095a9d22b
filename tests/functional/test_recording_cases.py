"""Recordings that were once judged wrongly, through the commands that read them."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

import codexwire
from codexwire.errors import CodexwireWarning, TranscriptError
from codexwire.finding import Level
from codexwire.usecases.contract import contract_from

CASES = Path(__file__).parents[1] / "cases" / "recordings"
EXPECTED: dict[str, dict[str, Any]] = tomllib.loads((CASES / "expected.toml").read_text("utf-8"))


@pytest.mark.parametrize(
    "name", sorted(p.name for p in CASES.iterdir() if p.suffix not in (".md", ".toml"))
)
def test_validate(name: str) -> None:
    found = codexwire.validate(CASES / name)
    (judgement,) = found.judgements
    errors = [
        [f.location.line or 0, f.rule, f.location.pointer or ""]
        for f in judgement.findings
        if f.level is Level.ERROR
    ]
    assert {
        "exit_code": found.exit_code(),
        "messages": judgement.messages,
        "errors": errors,
    } == EXPECTED[name]


def test_the_output_of_an_old_codex_exec_is_named() -> None:
    (judgement,) = codexwire.validate(CASES / "old-exec-json.jsonl").judgements
    assert "the output of an old `codex exec --json`" in str(judgement.unusable)
    with pytest.raises(TranscriptError, match="old `codex exec --json`"):
        codexwire.decode(CASES / "old-exec-json.jsonl", package="codex_app_server_protocol")


def test_decode_takes_a_known_request_without_an_id_for_one() -> None:
    path = CASES / "request-without-id.jsonl"
    found = codexwire.decode(path, package="codex_app_server_protocol").findings
    assert [(f.rule, f.facts["method"]) for f in found] == [("envelope/request-id", "turn/start")]


def test_decode_of_half_a_character() -> None:
    path = CASES / "decode-lone-surrogate.jsonl"
    found = codexwire.decode(path, package="codex_app_server_protocol")
    assert found.tally.messages == 3


def test_a_contract_of_a_release_that_is_not_available() -> None:
    with pytest.warns(CodexwireWarning, match="0.144.9 is not available: 0.144.6 is taken"):
        made = contract_from(CASES / "server-not-at-hand.jsonl")
    assert made.contract.release == "0.144.6"


def test_a_contract_without_what_the_server_refused() -> None:
    made = contract_from(CASES / "contract-bad-value.jsonl")
    assert made.contract.methods["ClientRequest"] == {"initialize"}
    assert any("the server refused it" in notice.text for notice in made.notices)
