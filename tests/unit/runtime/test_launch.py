"""Which binary is meant: by a name, by a path from here, by a path from anywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from codexwire.runtime.errors import LaunchError
from codexwire.runtime.launch import find_codex


@pytest.fixture
def here(tmp_path: Path, monkeypatch: Any) -> Path:
    """The working folder; a program `codex` is in it, another one is on PATH."""
    for folder in ("here", "path"):
        program = tmp_path / folder / "codex.exe"
        program.parent.mkdir()
        program.write_text("")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "here"


def test_a_path_from_here_is_not_looked_for_on_path(here: Path) -> None:
    assert find_codex(Path("./codex.exe")) == here / "codex.exe"
    assert find_codex("./codex.exe") == here / "codex.exe"


def test_a_name_is(here: Path) -> None:
    (here / "codex.exe").unlink()
    for name in ("codex.exe", Path("codex.exe")):
        assert find_codex(name) == here.parent / "path" / "codex.exe"
    with pytest.raises(LaunchError, match="no such program: codex-2"):
        find_codex("codex-2")
