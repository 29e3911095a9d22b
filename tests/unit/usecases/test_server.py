"""The command line of a server: `codex` is found in the package that brings it, too."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from codexwire.runtime.errors import LaunchError
from codexwire.usecases.server import server_command


@pytest.fixture
def packaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH without codex, and the package that has one."""
    binary = tmp_path / "packaged" / "codex"
    monkeypatch.setenv("PATH", str(tmp_path))
    package = SimpleNamespace(bundled_codex_path=lambda: binary)
    monkeypatch.setitem(sys.modules, "codex_cli_bin", package)
    return binary


def test_codex_is_that_of_the_package(packaged: Path) -> None:
    assert server_command(["codex", "app-server"]) == [str(packaged), "app-server"]


@pytest.mark.usefixtures("packaged")
@pytest.mark.parametrize("command", [["./codex", "app-server"], ["my-codex"], [sys.executable]])
def test_other_programs_are_left_alone(command: list[str]) -> None:
    assert server_command(command) == command


def test_codex_on_the_path_comes_first(packaged: Path, tmp_path: Path) -> None:
    own = tmp_path / "codex"
    own.write_text("#!/bin/sh\n")
    own.chmod(0o755)
    assert server_command(["codex"]) == ["codex"]
    assert not packaged.exists()


@pytest.mark.usefixtures("packaged")
def test_no_codex_at_all_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "codex_cli_bin", None)
    with pytest.raises(LaunchError, match=r"no codex binary found .*openai-codex-cli-bin"):
        server_command(["codex", "app-server"])
