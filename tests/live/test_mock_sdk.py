"""The official SDK, as published, completes turns against the mock."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import pytest
from sdk import two_turns

SCRIPT = """
[[turn]]
when = "work"
[[turn.step]]
reasoning = "Let me see."
[[turn.step]]
command = "ls"
output = "a.txt\\n"
ask = true
[[turn.step]]
patch = "b.txt"
[[turn.step]]
message = "Worked."

[[turn]]
text = "Hello from the mock."
"""

# The pinned SDK is of 0.163.0; its users meet servers of other releases, too.
CASES = [("sync", "0.163.0"), ("async", "0.163.0"), ("sync", "0.169.0")]


def mock_binary(folder: Path, version: str) -> Path:
    """A program that takes a codex's arguments and is the mock."""
    (folder / "script.toml").write_text(SCRIPT)
    command = [sys.executable, "-m", "codexwire", "mock", "--schema", version]
    command += ["--script", str(folder / "script.toml")]
    program = folder / "codex"
    program.write_text(f"#!/bin/sh\nexec {shlex.join(command)}\n")
    program.chmod(0o755)
    return program


if sys.platform != "win32":

    @pytest.mark.parametrize(("flavour", "version"), CASES)
    def test_the_official_sdk_completes_turns(flavour: str, version: str, tmp_path: Path) -> None:
        program = mock_binary(tmp_path, version)
        found = two_turns(flavour, program, tmp_path, "work")
        assert (found["status"], found["answer"]) == ("completed", "Hello from the mock.")
        assert found["items"] == ["UserMessageThreadItem", "AgentMessageThreadItem"]
        assert found["tokens"] == 110
        assert found["threads"] == 1
        events = found["events"]
        assert events["turn/completed"] == "TurnCompletedNotification"
        assert events["item/completed"] == "ItemCompletedNotification"
        if version == "0.163.0":
            assert "UnknownNotification" not in events.values()
