"""Commands print the same whether their schemas were made before, now, or cannot be kept."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

DATA = Path(__file__).parents[1] / "data"
COMMANDS = {
    "validate": ("validate", str(DATA / "recordings" / "0.140.0"), "--format", "json"),
    "validate rollouts": ("validate", str(DATA / "rollouts"), "--format", "json"),
    "validate --as-published": ("validate", str(DATA / "recordings" / "0.72.0"), "--as-published"),
    "diff": ("diff", "0.140.0", "0.150.0", "--format", "json"),
    "diff --as-published": ("diff", "0.99.0", "0.115.0", "--as-published"),
}


def run(arguments: tuple[str, ...], cache: Path, *, off: bool = False) -> tuple[int, bytes, bytes]:
    env = {k: v for k, v in os.environ.items() if k != "CODEXWIRE_NO_CACHE"}
    env |= {"CODEXWIRE_CACHE": str(cache)} | ({"CODEXWIRE_NO_CACHE": "1"} if off else {})
    command = [sys.executable, "-m", "codexwire", *arguments]
    done = subprocess.run(command, env=env, capture_output=True, check=False)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("name", COMMANDS)
def test_the_same_bytes(name: str, tmp_path: Path) -> None:
    arguments, cache = COMMANDS[name], tmp_path / "cache"
    without = run(arguments, cache, off=True)
    assert without[0] in (0, 1)
    assert without[1]
    assert not cache.exists()
    cold = run(arguments, cache)
    entries = list((cache / "made").iterdir())
    assert entries
    warm = run(arguments, cache)
    for entry in entries:
        content = entry.read_bytes()
        entry.write_bytes(content[: len(content) // 2])
    damaged = run(arguments, cache)
    assert cold == warm == damaged == without


def test_a_home_that_cannot_be_written(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("no folder")
    arguments = COMMANDS["validate"]
    assert run(arguments, file / "cache") == run(arguments, file, off=True)
