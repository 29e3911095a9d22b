"""A little of what `.ci/nightly` does for an hour, and that the fuzzers see what is wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from fuzzing.campaign import run
from fuzzing.fuzzer import Case, Fuzzer, Try
from fuzzing.recording_fuzzer import RECORDINGS
from fuzzing.schema_fuzzer import SCHEMAS

from codexwire.runtime import checks
from codexwire.wire import Validators

BOTH = pytest.mark.parametrize("fuzzer", [SCHEMAS, RECORDINGS], ids=lambda fuzzer: fuzzer.name)


@BOTH
def test_all_verdicts_agree(fuzzer: Fuzzer) -> None:
    found = run(fuzzer, seed=20, count=2000)
    assert found.failed == {}
    assert 0.15 < found.valid / found.messages < 0.85


@BOTH
@pytest.mark.parametrize("name", ["accepts_line", "accepts_message", "check_message"])
def test_a_validator_that_says_always_the_same_is_noticed(
    fuzzer: Fuzzer, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Validators, name, lambda *_, **__: ())
    assert run(fuzzer, seed=21, count=100, shrink_for=0).failed


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
