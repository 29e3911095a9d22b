"""The official SDK on our generated files: real turns on real binaries, sync and async."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sdk import sdk_copy

from codexwire.stub import ResponsesStub

ANSWER = "Hello from the model."

SYNC = """
from openai_codex import Codex, CodexConfig

with Codex(CodexConfig(codex_bin=binary, cwd=cwd)) as codex:
    thread = codex.thread_start()
    result = thread.run("hello")
    events = list(thread.turn("again").stream())
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
        events = [event async for event in (await thread.turn("again")).stream()]
        listed = await codex.thread_list()

asyncio.run(main())
"""

HEAD = """
import json, sys
folder, binary, cwd = sys.argv[1:]
sys.path.insert(0, folder)
"""

TAIL = """
import openai_codex
from openai_codex.generated import v2_all
print(json.dumps({
    "generated": v2_all.__file__,
    "status": result.status.value,
    "interrupted": result.status == v2_all.TurnStatus.interrupted,
    "answer": result.final_response,
    "items": [type(item.root).__name__ for item in result.items],
    "tokens": result.usage.total.total_tokens,
    "events": [[event.method, type(event.payload).__name__] for event in events],
    "threads": len(listed.data),
}))
"""


@pytest.fixture(scope="module")
def copy_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A copy of the SDK with the files of a release."""
    return cache(lambda release: sdk_copy(tmp_path_factory.mktemp("sdk"), release))


@pytest.mark.parametrize(
    ("release", "body"),
    [("0.163.0", SYNC), ("0.163.0", ASYNC), ("0.125.0", SYNC)],
    ids=["sync", "async", "older"],
)
def test_a_real_turn(
    release: str,
    body: str,
    copy_of: Callable[[str], Path],
    binary: Any,
    stub_of: Any,
    project: Path,
) -> None:
    copy = copy_of(release)
    stub: ResponsesStub = stub_of(ANSWER)
    home = stub.write_home(project.parent / "home", model="gpt-5.5")
    done = subprocess.run(
        [sys.executable, "-c", HEAD + body + TAIL, str(copy), str(binary(release)), str(project)],
        env={**os.environ, "CODEX_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert Path(found["generated"]) == copy / "openai_codex" / "generated" / "v2_all.py"
    assert (found["status"], found["interrupted"]) == ("completed", False)
    assert found["answer"] == ANSWER
    assert found["items"] == ["UserMessageThreadItem", "AgentMessageThreadItem"]
    assert found["tokens"] > 0
    assert found["threads"] == 1
    events = dict(found["events"])
    assert events["turn/completed"] == "TurnCompletedNotification"
    assert "UnknownNotification" not in events.values()
    assert len(stub.requests) == 2
