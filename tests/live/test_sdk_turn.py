"""The official SDK on our generated files: real turns on real binaries, sync and async."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sdk import sdk_copy, two_turns

from codexwire.stub import ResponsesStub

ANSWER = "Hello from the model."


@pytest.fixture(scope="module")
def copy_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A copy of the SDK with the files of a release."""
    return cache(lambda release: sdk_copy(tmp_path_factory.mktemp("sdk"), release))


@pytest.mark.parametrize(
    ("release", "flavour"),
    [("0.163.0", "sync"), ("0.163.0", "async"), ("0.125.0", "sync")],
    ids=["sync", "async", "older"],
)
def test_a_real_turn(
    release: str,
    flavour: str,
    copy_of: Callable[[str], Path],
    binary: Any,
    stub_of: Any,
    project: Path,
) -> None:
    copy = copy_of(release)
    stub: ResponsesStub = stub_of(ANSWER)
    home = stub.write_home(project.parent / "home", model="gpt-5.5")
    env = {**os.environ, "CODEX_HOME": str(home)}
    found = two_turns(flavour, binary(release), project, "again", copy=copy, env=env)
    assert Path(found["generated"]) == copy / "openai_codex" / "generated" / "v2_all.py"
    assert (found["status"], found["interrupted"]) == ("completed", False)
    assert found["answer"] == ANSWER
    assert found["items"] == ["UserMessageThreadItem", "AgentMessageThreadItem"]
    assert found["tokens"] > 0
    assert found["threads"] == 1
    events = found["events"]
    assert events["turn/completed"] == "TurnCompletedNotification"
    assert "UnknownNotification" not in events.values()
    assert len(stub.requests) == 2
