"""The official Python SDK: a program that uses it, and a copy of it whose generated folder is ours."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openai_codex

__all__ = ["OFFICIAL", "sdk_copy", "two_turns"]

OFFICIAL = Path(openai_codex.__file__).parent

_HEAD = """
import json, sys
binary, cwd, second, *copies = sys.argv[1:]
sys.path[:0] = copies
"""

_SYNC = """
from openai_codex import Codex, CodexConfig

with Codex(CodexConfig(codex_bin=binary, cwd=cwd)) as codex:
    thread = codex.thread_start()
    result = thread.run("hello")
    events = list(thread.turn(second).stream())
    listed = codex.thread_list()
"""

_ASYNC = """
import asyncio
from openai_codex import AsyncCodex, CodexConfig

async def main():
    global result, events, listed
    async with AsyncCodex(CodexConfig(codex_bin=binary, cwd=cwd)) as codex:
        thread = await codex.thread_start()
        result = await thread.run("hello")
        events = [event async for event in (await thread.turn(second)).stream()]
        listed = await codex.thread_list()

asyncio.run(main())
"""

_TAIL = """
from openai_codex.generated import v2_all
print(json.dumps({
    "generated": v2_all.__file__,
    "status": result.status.value,
    "interrupted": result.status == v2_all.TurnStatus.interrupted,
    "answer": result.final_response,
    "items": [type(item.root).__name__ for item in result.items],
    "tokens": result.usage.total.total_tokens,
    "events": {event.method: type(event.payload).__name__ for event in events},
    "threads": len(listed.data),
}))
"""

_FLAVOURS = {"sync": _SYNC, "async": _ASYNC}


def two_turns(
    flavour: str,
    binary: Path,
    cwd: Path,
    second: str,
    *,
    copy: Path | None = None,
    env: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Say "hello" and then `second` to a codex through the SDK, `sync` or `async`; return what came.

    `copy` is the folder of a `sdk_copy`; without one it is the SDK as published. `events` has the types
    by which the second turn's notifications were read; all else is of the first turn.
    """
    arguments = [str(binary), str(cwd), second, *([] if copy is None else [str(copy)])]
    done = subprocess.run(
        [sys.executable, "-c", _HEAD + _FLAVOURS[flavour] + _TAIL, *arguments],
        env=env,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def sdk_copy(folder: Path, schema: str = "0.163.0") -> Path:
    """Copy the installed SDK below `folder` and generate into the copy; return `folder`.

    The official generated files are gone from the copy, so that nothing can come from them.
    """
    copy = folder / "openai_codex"
    shutil.copytree(OFFICIAL, copy, ignore=shutil.ignore_patterns("__pycache__"))
    generated = copy / "generated"
    for file in generated.glob("*.py"):
        file.unlink()
    (generated / "__init__.py").write_text("")
    command = [sys.executable, "-m", "codexwire", "generate", "--schema", schema]
    done = subprocess.run(
        [*command, "--layout", "openai-sdk", "--out", str(generated)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return folder
