"""What real releases leave behind: streams of `codex exec --json` and saved sessions."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from command import Run

import codex_exec_stream as events
import codex_rollout as rollout
from codexwire.cli.app import run

SCRIPT = """
[[turn]]
[[turn.step]]
output = [{ reasoning = "I look first." }, { shell = "echo one" }]
[[turn.step]]
output = [{ message = "One." }]
"""


@pytest.fixture
def codexwire(capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*arguments: object) -> tuple[int, str, str]:
        code = run([*map(str, arguments)])
        out, err = capsys.readouterr()
        return code, out, err

    return call


def judged(codexwire: Run, *paths: object) -> dict[str, Any]:
    code, out, err = codexwire("validate", *paths, "--format", "json")
    assert code == 0, (out, err)
    found: dict[str, Any] = json.loads(out)
    assert (found["totals"]["unchecked"], found["totals"]["warning"]) == (0, 0), found
    return found


@pytest.mark.parametrize("version", ["0.163.0", "0.171.0"])
def test_what_exec_prints_and_keeps_is_valid(
    version: str, binary: Any, stub_of: Any, project: Path, tmp_path: Path, codexwire: Run
) -> None:
    home = stub_of(script=SCRIPT).write_home(project.parent / "home")
    command = [binary(version), "exec", "--json", "--skip-git-repo-check", "say hi"]
    done = subprocess.run(
        [*map(str, command)],
        cwd=project,
        env={**os.environ, "CODEX_HOME": str(home)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
    )
    assert done.returncode == 0, done.stderr
    stream = tmp_path / "stream.jsonl"
    stream.write_bytes(done.stdout)
    (file,) = judged(codexwire, stream)["files"]
    assert (file["format"], file["understood"]["turns"]) == ("exec-stream", {"completed": 1})
    sessions = judged(codexwire, home / "sessions")["files"]
    (kept,) = sessions
    assert (kept["made_by"], kept["understood"]["history"]) == (version, "paginated")
    assert kept["accepted_by"] == {f"rollout@{version}": kept["messages"]}
    assert kept["understood"]["threads"] == file["understood"]["threads"]
    assert kept["understood"]["turns"] == {"completed": 1}
    for line in stream.read_bytes().splitlines():
        assert events.dump_line(events.decode_line(line)) == line
    for line in Path(kept["path"]).read_bytes().splitlines():
        assert rollout.dump_line(rollout.decode_line(line)) == line


@pytest.mark.parametrize("version", ["0.163.0", "0.171.0"])
def test_what_a_turn_of_the_app_server_keeps_is_valid(
    version: str,
    binary: Any,
    stub_of: Any,
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    codexwire: Run,
) -> None:
    home = stub_of(script=SCRIPT).write_home(project.parent / "home")
    monkeypatch.setenv("CODEX_HOME", str(home))
    monkeypatch.chdir(project)
    code, out, err = codexwire(
        "turn", "say hi", "--codex", binary(version), "--codex-home", home, "--cwd", project
    )
    assert code == 0, (out, err)
    (kept,) = judged(codexwire, "--sessions")["files"]
    assert (kept["made_by"], kept["understood"]["turns"]) == (version, {"completed": 1})
