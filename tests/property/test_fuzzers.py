"""A little of what `.ci/nightly` does for an hour, and that the fuzzers see what is wrong."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from fuzzing.campaign import run
from fuzzing.fuzzer import Case, Fuzzer, Try
from fuzzing.recording_fuzzer import RECORDINGS
from fuzzing.schema_fuzzer import SCHEMAS

import codex_app_server_protocol
from codexwire.runtime import checks
from codexwire.transcript.session.state import SessionState
from codexwire.wire import Validators

SCRIPT = Path(__file__).parents[1] / "fuzz.py"
BOTH = pytest.mark.parametrize("fuzzer", [SCHEMAS, RECORDINGS], ids=lambda fuzzer: fuzzer.name)


@BOTH
def test_all_verdicts_agree(fuzzer: Fuzzer) -> None:
    found = run(fuzzer, seed=20, count=2000)
    assert found.failed == {}
    assert 0.15 < found.valid / found.messages < 0.85


@BOTH
@pytest.mark.parametrize(
    ("name", "answer"), [("accepts_line", True), ("accepts_message", False), ("check_message", ())]
)
def test_a_validator_that_says_always_the_same_is_noticed(
    fuzzer: Fuzzer, name: str, answer: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Validators, name, lambda *_, **__: answer)
    assert run(fuzzer, seed=21, count=100, shrink_for=0).failed


def test_a_session_that_cannot_be_judged_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(SessionState, "step")
    found = run(RECORDINGS, seed=23, count=1, shrink_for=0)
    assert [case["lines"] for case in found.failed.values()]


def test_decoding_that_loses_something_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codex_app_server_protocol, "dump", lambda _: {})
    found = run(RECORDINGS, seed=23, count=1, shrink_for=0)
    assert [case["line"] for case in found.failed.values()]


def test_equality_of_numbers_and_booleans_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "equals_any", lambda value, values: value in values)
    assert run(SCHEMAS, seed=24, count=4000, shrink_for=0).failed


def _lines(_rng: Random) -> Iterator[Try]:
    while True:
        case = {"line": json.dumps({"a": [1, {"b": "wrong"}, 2], "c": {"d": 5}})}
        yield Try(1, 0, (case,))


def _wrong(case: Case) -> str | None:
    return "wrong" if '"wrong"' in case["line"] else None


def test_what_failed_is_made_small_and_written(tmp_path: Path) -> None:
    found = run(Fuzzer("texts", _lines, _wrong), seed=1, count=2, folder=tmp_path)
    (path,) = tmp_path.iterdir()
    assert found.messages == 2
    assert found.failed == {path.stem: {"line": '{"a": "wrong"}'}}
    assert json.loads(path.read_text("utf-8")) == {"line": '{"a": "wrong"}', "failed": "wrong"}


def test_the_command_says_seed_and_sum(tmp_path: Path) -> None:
    options = ["schemas", "--seed", "5", "--count", "100", "--failures", str(tmp_path / "none")]
    done = subprocess.run([sys.executable, SCRIPT, *options], capture_output=True, text=True)
    first, last = done.stdout.splitlines()
    assert first == "schemas, seed 5"
    assert last.startswith("120 messages in ")
    assert last.endswith(" 0 failures")
    assert (done.returncode, done.stderr) == (0, "")


def test_the_command_judges_a_case_once_more(tmp_path: Path) -> None:
    case = {"types": {"Subject": True}, "formats": False, "way": "no such way", "line": "{}"}
    path = tmp_path / "case.json"
    path.write_text(json.dumps(case), "utf-8")
    done = subprocess.run(
        [sys.executable, SCRIPT, "schemas", "--replay", path], capture_output=True, text=True
    )
    assert done.stdout == f"{path}: raised KeyError: 'no such way'\n"
    assert done.returncode == 1
