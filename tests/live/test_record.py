"""Real sessions through the recorder: nothing is changed, and the recording is as good as the session."""

from __future__ import annotations

import gzip
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from live_client import entered, play
from wrapper import recording_codex

from codexwire.cli.app import run as codexwire
from codexwire.direction import Side

NEWEST = "0.171.0"
CURRENT, OLDER, LEGACY, OLDEST = "0.163.0", "0.125.0", "0.99.0", "0.58.0"
SCRIPT = """
[[turn]]
[[turn.step]]
output = [{ reasoning = "Look." }, { shell = "echo hi" }]
[[turn.step]]
output = [{ message = "Grüße, world!" }]
"""


def texts(recording: Path, side: Side) -> list[bytes]:
    """What one side said, as it was on the wire."""
    marker = b'"dir": "%b", "msg": ' % side.encode()
    lines = recording.read_bytes().splitlines()
    return [line.partition(marker)[2][:-1] for line in lines if marker in line]


@pytest.mark.parametrize("version", [NEWEST, CURRENT, OLDER, LEGACY, OLDEST])
def test_what_is_recorded_is_what_the_client_said_and_heard(
    version: str, binary: Any, project: Path, tmp_path: Path, capfd: Any
) -> None:
    mine, proxied, script = (tmp_path / name for name in ("mine", "proxied.gz", "script.toml"))
    script.write_text(SCRIPT)
    codex = recording_codex(tmp_path, binary(version), proxied)
    options = ["--codex", str(codex), "--cwd", str(project), "--stub", str(script)]
    assert codexwire(["turn", "work", *options, "--record", str(mine)]) == 0
    assert capfd.readouterr() == ("Grüße, world!\n", "")
    plain = tmp_path / "proxied"
    assert codexwire(["redact", str(proxied), "-o", str(tmp_path / "redacted")]) == 0
    plain.write_bytes(gzip.decompress(proxied.read_bytes()))
    for side in Side:
        assert len(texts(mine, side)) > 3
        heard = texts(plain, side)
        assert heard[: len(texts(mine, side))] == texts(mine, side)
    last = json.loads(plain.read_bytes().splitlines()[-1])
    assert (last["event"], last["code"]) == ("closed", 0)
    for recording in ("proxied.gz", "redacted"):
        assert codexwire(["validate", str(tmp_path / recording), "--fail-on", "warning"]) == 0
        assert "0 errors, 0 warnings" in capfd.readouterr().out
    assert str(tmp_path) in plain.read_text()  # the server's home: what a test can know of


def test_violations_are_told_while_the_session_goes_on(
    binary: Any, project: Path, tmp_path: Path
) -> None:
    """The client gets its answers first; the warning names the line of its recording."""
    out = tmp_path / "r.jsonl"
    codex = recording_codex(tmp_path, binary(CURRENT), out, "--validate")
    home = tmp_path / "home"
    home.mkdir()
    hello = {"clientInfo": {"name": "t", "title": None, "version": "1"}}
    said = [
        {"id": 1, "method": "initialize", "params": hello},
        {"method": "initialized"},
        {"id": 2, "method": "thread/list", "params": {"limit": "many"}},
    ]
    with subprocess.Popen(
        [codex, "app-server"],
        env={**os.environ, "CODEX_HOME": str(home)},
        cwd=project,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        server.stdin.write("".join(json.dumps(message) + "\n" for message in said))
        server.stdin.flush()
        answers = (json.loads(line) for line in server.stdout)
        assert next(answer for answer in answers if answer.get("id") == 2)["error"]
        errors = server.communicate(timeout=120)[1].splitlines()
    assert server.returncode == 0
    told = [line for line in errors if line.startswith(f"{out}:")]
    assert [line for line in told if ": error: " in line] == [
        line for line in told if ":3#/params/limit: error: schema/" in line
    ]
    assert len(told) >= 1
    assert any(line.startswith(f"codexwire: {out}: 1 file, ") for line in errors)


@contextmanager
def announcing(command: list[str], **options: Any) -> Iterator[str]:
    """Run what says on standard error where it listens; yield that; end it by SIGTERM."""
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, **options
    ) as process:
        assert process.stderr is not None
        try:
            for line in process.stderr:
                plain = re.sub(r"\x1b\[[0-9;]*m", "", line)
                if found := re.search(r"ws://127\.0\.0\.1:\d+", plain):
                    yield found[0]
                    break
            else:
                pytest.fail("nobody listens")
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=60)


def test_two_clients_of_a_real_server_on_websockets(
    binary: Any, stub_of: Any, project: Path, tmp_path: Path, capsys: Any
) -> None:
    out = tmp_path / "r.jsonl.gz"
    home = stub_of("Hello, both!").write_home(tmp_path / "home", model="gpt-5.5")
    server = [str(binary(CURRENT)), "app-server", "--listen", "ws://127.0.0.1:0"]
    proxy = [sys.executable, "-m", "codexwire", "record", "-o", str(out)]
    proxy += ["--listen", "ws://127.0.0.1:0", "--connect"]

    async def scenario(url: str) -> None:
        async with (
            entered("asyncio", lambda kind: kind.connect(url)) as one,
            entered("asyncio", lambda kind: kind.connect(url)) as two,
        ):
            for client in (one, two):
                thread = await client.start_thread()
                assert (await client.run_turn(thread, "Hello")).text == "Hello, both!"

    env = {**os.environ, "CODEX_HOME": str(home)}
    with announcing(server, cwd=project, env=env) as there, announcing([*proxy, there]) as here:
        play("asyncio", lambda: scenario(here))
    assert codexwire(["validate", str(out), "--fail-on", "warning"]) == 0
    assert "0 errors, 0 warnings" in capsys.readouterr().out
    with gzip.open(out, "rt", encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    for number in (1, 2):
        own = [line for line in lines if line["conn"] == number]
        assert own[0]["msg"]["method"] == "initialize"
        assert "turn/completed" in {line["msg"].get("method") for line in own[:-1]}
        assert (own[-1]["dir"], own[-1]["event"], own[-1]["code"]) == ("client", "closed", 1000)
