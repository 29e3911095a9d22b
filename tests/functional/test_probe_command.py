"""`codexwire probe`: what it is told wrongly, and servers that cannot be probed."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from codexwire.usecases import probe as use_case


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--codex", "/no/such/codex"], "no such program: /no/such/codex"),
        (["--codex", "codex", "--release", "0.171.0"], "exclude each other"),
        (["--format", "yaml"], "no format 'yaml'"),
        (["--connect", "http://127.0.0.1:9"], "not an address"),
        (["--release", "newest"], "no version"),
    ],
)
def test_what_cannot_be_meant(arguments: list[str], said: str, codexwire: Any) -> None:
    code, out, err = codexwire("probe", *arguments)
    assert (code, out) == (2, "")
    assert said in err


_FAKE = """#!{python}
import os, pathlib, sys, time
if sys.argv[1] == "--version":
    {version}
pathlib.Path({told!r}).write_text(f"{{os.getpid()}} {{os.getcwd()}}")
time.sleep(600)
"""


def fake(folder: Path, version: str) -> tuple[Path, Path]:
    """A program that hangs but for `--version`, and the file in which it says process and folder."""
    program, told = folder / "codex", folder / "told"
    program.write_text(_FAKE.format(python=sys.executable, version=version, told=str(told)))
    program.chmod(0o755)
    return program, told


def test_a_program_that_does_not_say_its_version(
    codexwire: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(use_case, "_QUICK", 0.5)
    program, _ = fake(tmp_path, "time.sleep(600)")
    code, _, err = codexwire("probe", "--codex", program)
    assert code == 2
    assert "codex --version did not end within 0.5 s (it was killed)" in err


def test_nothing_stays_where_a_probe_is_told_to_end(tmp_path: Path) -> None:
    program, told = fake(tmp_path, 'sys.exit(print("codex-cli 0.163.0"))')
    command = [sys.executable, "-m", "codexwire", "probe", "--codex", str(program)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as probe:
        while not told.is_file() or not told.read_text():
            assert probe.poll() is None
            time.sleep(0.05)
        probe.terminate()
        assert probe.wait(30) == 128 + signal.SIGTERM
    process, folder = told.read_text().split(" ", 1)
    assert not Path(f"/proc/{process}").exists()
    assert not Path(folder).exists()


def test_nobody_listens(codexwire: Any) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"ws://127.0.0.1:{taken.getsockname()[1]}"
        code, _, err = codexwire("probe", "--connect", url)
    assert code == 2
    assert f"{url}: cannot connect" in err


def test_a_recording_that_is_there_is_left_alone(codexwire: Any, tmp_path: Path) -> None:
    there = tmp_path / "there.jsonl"
    there.write_text("mine\n")
    code, _, err = codexwire("probe", "--connect", "ws://127.0.0.1:9", "--record", there)
    assert code == 2
    assert "there is such a file already" in err
    assert there.read_text() == "mine\n"
