"""`codexwire turn` as a user runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from codexwire.cli.app import run as codexwire

NEWEST = "0.171.0"
CURRENT, OLDER, LEGACY, OLDEST = "0.163.0", "0.125.0", "0.99.0", "0.58.0"


@pytest.mark.parametrize("version", [NEWEST, CURRENT, OLDER, LEGACY, OLDEST])
def test_the_answer_is_printed_and_nothing_else(
    version: str, binary: Any, project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    options = ["--codex", str(binary(version)), "--cwd", str(project), "--stub", "Hello, world!"]
    assert codexwire(["turn", "Say hello", *options]) == 0
    assert capfd.readouterr() == ("Hello, world!\n", "")


def test_the_demo_of_the_readme_needs_nothing_but_the_installation(tmp_path: Path) -> None:
    """No configuration, no account, no home: `codex_cli_bin` is found, the model is on loopback."""
    command = [sys.executable, "-m", "codexwire", "turn", "Say hello", "--stub", "Hello, world!"]
    home = {"HOME": str(tmp_path / "home"), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env={**os.environ, **home},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "Hello, world!\n", "")


@pytest.mark.parametrize("version", [NEWEST, CURRENT, OLDER])
def test_a_recording_is_valid(
    version: str, binary: Any, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    script = tmp_path / "script.toml"
    script.write_text(
        '[[turn]]\n[[turn.step]]\noutput = [{ reasoning = "Look." }, { shell = "echo hi" }]\n'
        '[[turn.step]]\noutput = [{ message = "Done." }]\n'
    )
    recording = tmp_path / "session.jsonl"
    options = ["--codex", str(binary(version)), "--cwd", str(tmp_path), "--stub", str(script)]
    assert codexwire(["turn", "work", *options, "--record", str(recording)]) == 0
    assert codexwire(["validate", str(recording)]) == 0
    assert "0 errors, 0 warnings" in capfd.readouterr().out
    lines = [json.loads(line) for line in recording.read_text().splitlines()]
    assert {line["dir"] for line in lines} == {"client", "server"}
    assert [line["ts"] for line in lines] == sorted(line["ts"] for line in lines)
    assert lines[0]["msg"]["method"] == "initialize"
    # Now and then a release says one thing more before the client has left.
    assert "turn/completed" in [line["msg"].get("method") for line in lines[-3:]]


def test_a_trace_shows_both_directions_and_is_valid(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert codexwire(["turn", "Say hello", "--stub", "hi", "--trace", "--cwd", str(tmp_path)]) == 0
    out, trace = capfd.readouterr()
    assert out == "hi\n"
    assert trace.startswith('[jsonrpc ->] {"id":1,"method":"initialize"')
    assert '[jsonrpc <-] {"id":1,"result":{"userAgent":"codexwire/0.163.0' in trace
    (tmp_path / "trace.log").write_text(trace)
    assert codexwire(["validate", str(tmp_path / "trace.log")]) == 0


def test_what_asks_first_is_declined_unless_told_otherwise(tmp_path: Path) -> None:
    script = tmp_path / "script.toml"
    script.write_text(
        "[[turn]]\n[[turn.step]]\n"
        'output = [{ patch = "*** Begin Patch\\n*** Add File: new.txt\\n+x\\n*** End Patch" }]\n'
        '[[turn.step]]\noutput = [{ message = "Done." }]\n'
    )
    settings = ["-c", "approval_policy=on-request", "-c", "sandbox_mode=read-only"]
    common = ["turn", "patch it", "--stub", str(script), "--cwd", str(tmp_path), *settings]
    assert codexwire(common) == 0
    assert not (tmp_path / "new.txt").exists()
    assert codexwire([*common, "--approve", "accept"]) == 0
    assert (tmp_path / "new.txt").read_text() == "x\n"


def test_a_failed_turn_is_exit_code_one(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    script = tmp_path / "script.toml"
    script.write_text('[[turn]]\n[[turn.step]]\nerror = { status = 400, message = "no way" }\n')
    assert codexwire(["turn", "go", "--stub", str(script), "--cwd", str(tmp_path)]) == 1
    out, err = capfd.readouterr()
    assert out == ""
    assert "the turn ended as failed" in err
    assert "no way" in err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--codex", "no-such-codex"], "no such program: no-such-codex"),
        (["--cwd", "no-such-folder"], "no such folder"),
        (["--codex-home", "no-such-folder"], "no such folder"),
        (["--stub", "no-such.toml"], "no-such.toml: cannot read the stub's script: No such file"),
        (["--record", "no/such/file"], "no/such/file: the file cannot be written"),
        (["--approve", "maybe"], "no decision 'maybe'"),
        (["-c", "nonsense"], "not a setting: 'nonsense'"),
        (["--codex", sys.executable], "the server closed its standard output"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    options: list[str], message: str, tmp_path: Path, monkeypatch: Any, capfd: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    assert codexwire(["turn", "go", "--stub", "x", *options]) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert message in err
    assert len(err.splitlines()) == 1


def test_a_turn_that_cannot_begin_costs_no_recording(tmp_path: Path, capfd: Any) -> None:
    old = tmp_path / "old.jsonl"
    old.write_text("yesterday's")
    assert codexwire(["turn", "go", "--codex", "no-such-codex", "--record", str(old)]) == 2
    assert "no such program" in capfd.readouterr().err
    assert old.read_text() == "yesterday's"


@pytest.mark.skipif(sys.platform == "win32", reason="the silent program is a script of sh")
def test_a_silent_program_holds_nobody_beyond_the_limit(tmp_path: Path, capfd: Any) -> None:
    silent = tmp_path / "codex"
    silent.write_text("#!/bin/sh\nexec sleep 600\n")
    silent.chmod(0o755)
    options = ["--codex", str(silent), "--stub", "x", "--timeout", "0.5"]
    assert codexwire(["turn", "go", *options]) == 2
    assert capfd.readouterr() == (
        "",
        "codexwire: error: the server was not ready within 0.5 s\n",
    )


def test_the_home_of_the_environment_is_used_and_nobody_is_missed_in_silence(
    tmp_path: Path, monkeypatch: Any, capfd: Any
) -> None:
    (tmp_path / "home").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CODEX_HOME", "home")
    unreachable = ["-c", 'openai_base_url="http://127.0.0.1:9"', "--timeout", "1"]
    assert codexwire(["turn", "go", *unreachable]) in (1, 2)
    assert "codexwire: nobody is logged in" in capfd.readouterr().err
    assert list((tmp_path / "home").iterdir())


def test_with_a_stub_the_home_of_the_environment_is_left_alone(
    tmp_path: Path, monkeypatch: Any, capfd: Any
) -> None:
    monkeypatch.setenv("CODEX_HOME", str(tmp_path))
    assert codexwire(["turn", "go", "--stub", "Hello"]) == 0
    assert capfd.readouterr() == ("Hello\n", "")
    assert not list(tmp_path.iterdir())


def test_a_relative_home_is_meant_from_here(tmp_path: Path, monkeypatch: Any) -> None:
    """And not from the folder that the server runs in."""
    for name in ("home", "project"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path)
    options = ["--stub", "Hello", "--codex-home", "home", "--cwd", "project"]
    assert codexwire(["turn", "go", *options]) == 0
    assert list((tmp_path / "home").iterdir())
    assert not list((tmp_path / "project").iterdir())
