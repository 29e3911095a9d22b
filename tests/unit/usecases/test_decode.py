"""Recordings read with the generated models: what is counted, and what is said of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import codexwire
from codexwire.usecases.decode import Decoding

DATA = Path(__file__).parents[2] / "data"
REQUEST = {"id": 1, "method": "invented/ask", "params": {}}


def decoded(folder: Path, *messages: Any) -> Decoding:
    path = folder / "session.jsonl"
    lines = (json.dumps({"dir": side, "msg": message}) for side, message in messages)
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return codexwire.decode(path)


@pytest.mark.parametrize(
    ("messages", "raw"),
    [
        ([("server", {"method": "invented/told", "params": {}})], 1),
        ([("server", REQUEST)], 1),
        ([("client", REQUEST), ("server", {"id": 1, "result": {}})], 2),
    ],
)
def test_what_no_model_fits_is_kept_raw(messages: list[Any], raw: int, tmp_path: Path) -> None:
    assert decoded(tmp_path, *messages).tally.raw == raw


@pytest.mark.parametrize(
    ("message", "meant"),
    [
        ({"method": "turn/startd", "params": {}}, "turn/started"),
        ({"id": 1, "method": "skills/lst", "params": {}}, "skills/list"),
    ],
)
def test_a_method_that_may_be_meant_is_named(
    message: dict[str, Any], meant: str, tmp_path: Path
) -> None:
    (finding,) = decoded(tmp_path, ("server", message)).findings
    assert finding.rule == "unknown-method"
    assert finding.message.endswith(f"Did you mean {meant!r}?")


@pytest.mark.parametrize(
    ("path", "package"),
    [
        ("recordings/0.163.0/s06_lifecycle_resume.jsonl", "codex_app_server_protocol"),
        ("rollouts/sessions/0.163.0/exec_plain.jsonl", "codex_rollout"),
    ],
)
def test_a_package_reads_messages_or_lines(path: str, package: str) -> None:
    assert not codexwire.decode(DATA / path, package=package).drifted


def test_a_key_that_comes_twice_is_told_and_is_no_drift(tmp_path: Path) -> None:
    path = tmp_path / "stream.jsonl"
    path.write_text('{"type":"thread.started","thread_id":"T","thread_id":"U"}\n', "utf-8")
    found = codexwire.decode(path)
    assert [finding.rule for finding in found.findings] == ["repeated-key"]
    assert not found.drifted
