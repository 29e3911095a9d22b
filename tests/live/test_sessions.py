"""What real releases leave behind: streams of `codex exec --json` and saved sessions."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from command import Run
from session_compare import EQUAL, LOST, figures

import codex_exec_stream as events
import codex_rollout as rollout
from codexwire import session
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


def home_of(stub: Any, project: Path) -> Path:
    """Return a home without the sandbox, which not every machine has: what it stops is no item."""
    home: Path = stub.write_home(project.parent / "home")
    config = home / "config.toml"
    config.write_text(f'sandbox_mode = "danger-full-access"\n{config.read_text("utf-8")}', "utf-8")
    return home


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
    home = home_of(stub_of(script=SCRIPT), project)
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
    same = figures(kept["path"], str(stream), leave_out=(session.User,))
    assert same.turns["turns"] == 1
    # A command that ends at once may not be completed in the stream.
    lost = {"id", "Command.status", "Command.exit_code", "Command.output"}
    other = {pair for pair in +same.counts if pair[1] != EQUAL}
    assert other <= {(what, LOST) for what in lost}, same.told
    for line in stream.read_bytes().splitlines():
        assert events.dump_line(events.decode_line(line)) == line
    for line in Path(kept["path"]).read_bytes().splitlines():
        assert rollout.dump_line(rollout.decode_line(line)) == line


@pytest.mark.parametrize("version", ["0.163.0", "0.171.0"])
def test_what_a_turn_of_the_app_server_keeps_is_valid_and_reads_as_its_recording(
    version: str,
    binary: Any,
    stub_of: Any,
    project: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    codexwire: Run,
) -> None:
    home = home_of(stub_of(script=SCRIPT), project)
    monkeypatch.setenv("CODEX_HOME", str(home))
    monkeypatch.chdir(project)
    recording = tmp_path / "recording.jsonl"
    asked = ("turn", "say hi", "--codex", binary(version), "--codex-home", home, "--cwd", project)
    code, out, err = codexwire(*asked, "--record", recording)
    assert code == 0, (out, err)
    (kept,) = judged(codexwire, "--sessions")["files"]
    assert (kept["made_by"], kept["understood"]["turns"]) == (version, {"completed": 1})
    same = figures(str(recording), str(home / "sessions"))
    assert same.turns == {"turns": 1, "all items equal": 1}
    assert {verdict for (_, verdict) in +same.counts} == {EQUAL}, same.told
