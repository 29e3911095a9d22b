"""The official SDK, as published, completes turns against the mock."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

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

SYNC = """
from openai_codex import Codex, CodexConfig

with Codex(CodexConfig(codex_bin=binary, cwd=cwd)) as codex:
    thread = codex.thread_start()
    result = thread.run("hello")
    events = list(thread.turn("work").stream())
    listed = codex.thread_list()
"""

ASYNC = """
import asyncio
from openai_codex import AsyncCodex, CodexConfig

async def main():
    global result, events, listed
    async with AsyncCodex(CodexConfig(codex_bin=binary, cwd=cwd)) as codex:
        thread = await codex.thread_start()
        result = await thread.run("hello")
        events = [event async for event in (await thread.turn("work")).stream()]
        listed = await codex.thread_list()

asyncio.run(main())
"""

BODIES = {"sync": SYNC, "async": ASYNC}
HEAD = """
import json, sys
binary, cwd = sys.argv[1:]
"""

TAIL = """
print(json.dumps({
    "status": result.status.value,
    "answer": result.final_response,
    "items": [type(item.root).__name__ for item in result.items],
    "tokens": result.usage.total.total_tokens,
    "events": [[event.method, type(event.payload).__name__] for event in events],
    "threads": len(listed.data),
}))
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
        done = subprocess.run(
            [sys.executable, "-c", HEAD + BODIES[flavour] + TAIL, str(program), str(tmp_path)],
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        found: dict[str, Any] = json.loads(done.stdout)
        assert (found["status"], found["answer"]) == ("completed", "Hello from the mock.")
        assert found["items"] == ["UserMessageThreadItem", "AgentMessageThreadItem"]
        assert found["tokens"] == 110
        assert found["threads"] == 1
        events = dict(found["events"])
        assert events["turn/completed"] == "TurnCompletedNotification"
        assert events["item/completed"] == "ItemCompletedNotification"
        if version == "0.163.0":
            assert "UnknownNotification" not in events.values()
