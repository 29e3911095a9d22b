"""A recorded real turn, replayed to our clients and to the official SDK, and to a real server."""

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
from live_client import FLAVOURS, entered, play
from wrapper import outcome, recording_codex, replaying_codex

from codexwire.cli.app import run as codexwire
from codexwire.runtime.client import ClientOptions, approval_handlers
from codexwire.runtime.errors import ClientError

NEWEST = "0.171.0"
CURRENT, OLDER, LEGACY, OLDEST = "0.163.0", "0.125.0", "0.99.0", "0.58.0"
ANSWER = "All done."
PATCH = """
[[turn]]
[[turn.step]]
output = [{ patch = "*** Begin Patch\\n*** Add File: new.txt\\n+x\\n*** End Patch" }]
[[turn.step]]
output = [{ message = "All done." }]
"""
ASKING = 'approval_policy = "on-request"\nsandbox_mode = "read-only"\n'

SDK = """
import json, sys
from openai_codex import Codex, CodexConfig
binary, cwd = sys.argv[1:]
with Codex(CodexConfig(codex_bin=binary, cwd=cwd)) as codex:
    result = codex.thread_start().run("Say hello")
print(json.dumps([result.status.value, result.final_response, len(result.items)]))
"""


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory, binary: Any) -> Callable[..., Path]:
    """Records a turn of our client with a real server, once for each release."""

    @cache
    def record(version: str = CURRENT, script: str | None = None) -> Path:
        folder = tmp_path_factory.mktemp("recorded")
        (folder / "project").mkdir()
        (folder / "script.toml").write_text(script or "")
        out = folder / "session.jsonl.zst"
        codex = recording_codex(folder, binary(version), out, "--redact")
        command = ["turn", "Say hello", "--codex", str(codex), "--cwd", str(folder / "project")]
        command += ["--stub", str(folder / "script.toml") if script else ANSWER]
        command += ["-c", "approval_policy=on-request", "-c", "sandbox_mode=read-only"]
        assert codexwire([*command, "--approve", "accept"]) == 0
        return out

    return record


@pytest.mark.parametrize(
    ("flavour", "version"),
    [
        *zip(FLAVOURS, [CURRENT] * 3, strict=True),
        *zip(FLAVOURS, (OLDER, LEGACY, OLDEST), strict=True),
        (FLAVOURS[0], NEWEST),
    ],
)
def test_to_our_client(flavour: str, version: str, recording: Any, tmp_path: Path) -> None:
    codex = replaying_codex(tmp_path, recording(version), log=tmp_path / "log")

    async def scenario() -> None:
        async with entered(flavour, lambda kind: kind.launch(codex)) as client:
            assert str(client.server.version) == version
            thread = await client.start_thread()
            result = await client.run_turn(thread, "Something else")
            assert (result.status, result.text) == ("completed", ANSWER)

    play(flavour, scenario)
    assert outcome(tmp_path / "log") == "exit 0\n"


def test_to_the_official_sdk(recording: Any, tmp_path: Path) -> None:
    codex = replaying_codex(tmp_path, recording(), log=tmp_path / "log")
    done = subprocess.run(
        [sys.executable, "-c", SDK, str(codex), str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == ["completed", ANSWER, 2]
    assert outcome(tmp_path / "log") == "exit 0\n"


def test_approvals_are_asked_again(recording: Any, tmp_path: Path) -> None:
    patched = recording(script=PATCH)
    assert (patched.parent / "project" / "new.txt").read_text() == "x\n"
    codex = replaying_codex(tmp_path, patched, "--strict", log=tmp_path / "log")
    asked: list[str] = []

    async def scenario(decision: Any) -> None:
        handlers = approval_handlers(decision)
        options = ClientOptions(handlers=handlers, observer=lambda _, text: asked.append(str(text)))
        async with entered("asyncio", lambda k: k.launch(codex, options=options)) as client:
            recorded = {"model": "gpt-5.5"}
            thread = await client.start_thread(recorded)
            result = await client.run_turn(thread, "Say hello")
            assert (result.status, result.text) == ("completed", ANSWER)

    # Strictly, a thread without the recorded settings is another one.
    with pytest.raises(ClientError):
        play("asyncio", lambda: scenario("accept"))
    assert "#/params/config: the client's request thread/start is not as recorded" in outcome(
        tmp_path / "log"
    )
    codex = replaying_codex(tmp_path, patched, log=tmp_path / "log")
    asked.clear()
    play("asyncio", lambda: scenario("decline"))
    assert outcome(tmp_path / "log") == "exit 0\n"
    assert any("item/fileChange/requestApproval" in text for text in asked)


def test_a_client_that_does_something_else_is_told(recording: Any, tmp_path: Path) -> None:
    codex = replaying_codex(tmp_path, recording(), log=tmp_path / "log")

    async def scenario() -> None:
        async with entered("asyncio", lambda kind: kind.launch(codex)) as client:
            await client.request("thread/list", {})

    with pytest.raises(ClientError):
        play("asyncio", scenario)
    line, code = outcome(tmp_path / "log").splitlines()
    assert line.endswith(
        "awaited the client's request thread/start; there came the request thread/list"
    )
    assert code == "exit 1"


def test_a_client_that_leaves_early_is_told(recording: Any, tmp_path: Path) -> None:
    codex = replaying_codex(tmp_path, recording(), log=tmp_path / "log")

    async def scenario() -> None:
        async with entered("asyncio", lambda kind: kind.launch(codex)):
            pass

    play("asyncio", scenario)
    line, code = outcome(tmp_path / "log").splitlines()
    assert "4 recorded messages were left, the first: the client's request thread/start" in line
    assert code == "exit 1"


@pytest.mark.parametrize("script", [None, PATCH], ids=["text", "approval"])
def test_as_the_client_to_a_real_server(
    script: str | None, binary: Any, project: Path, tmp_path: Path, stub_of: Any
) -> None:
    """Thread and turn ids are the live server's; where its answers differ, that is said."""
    folder = tmp_path / "recorded"
    folder.mkdir()
    stub = stub_of(ANSWER, script)
    home = stub.write_home(tmp_path / "home", model="gpt-5.5", settings=ASKING if script else "")
    codex, out = binary(CURRENT), tmp_path / "r.jsonl"
    wrapped = recording_codex(folder, codex, out)

    async def scenario() -> None:
        options = ClientOptions(handlers=approval_handlers("accept"))
        made = {"cwd": project, "codex_home": home, "options": options}
        async with entered("asyncio", lambda kind: kind.launch(wrapped, **made)) as client:
            thread = await client.start_thread()
            assert (await client.run_turn(thread, "Say hello")).status == "completed"

    play("asyncio", scenario)
    (project / "new.txt").unlink(missing_ok=True)
    command = [sys.executable, "-m", "codexwire", "replay", str(out), "--as", "client"]
    again = tmp_path / "again.jsonl"
    server = [str(recording_codex(tmp_path, codex, again)), "app-server"]

    def replayed(*changed: str) -> subprocess.CompletedProcess[str]:
        env = {**os.environ, "CODEX_HOME": str(home)}
        line = [*command, *changed, "--timeout", "60", "--", *server]
        return subprocess.run(
            line, env=env, cwd=project, capture_output=True, text=True, timeout=120
        )

    done = replayed()
    assert (done.returncode, done.stderr) == (0, "")
    before, after = (
        {
            m["msg"]["params"]["threadId"]
            for m in said(path)
            if m["msg"].get("method") == "turn/start"
        }
        for path in (out, again)
    )
    assert len(before) == len(after) == 1
    assert before != after
    assert said(again)[-1]["msg"]["method"] == "turn/completed"
    assert said(again)[-1]["msg"]["params"]["turn"]["status"] == "completed"
    assert (project / "new.txt").exists() is (script is not None)
    # A recorded error that the server does not give any more:
    text = out.read_text().replace(
        '"result":{"turn"', '"error":{"code":-1,"message":""},"x":{"turn"'
    )
    out.write_text(text)
    again.unlink()
    done = replayed()
    assert done.returncode == 1
    assert "the server's answer to turn/start was an error; there came a result" in done.stderr


def said(recording: Path) -> list[Any]:
    lines = map(json.loads, recording.read_text().splitlines())
    return [line for line in lines if "msg" in line]
