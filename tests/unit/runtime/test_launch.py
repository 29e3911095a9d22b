"""Which binary is meant, and how settings are written on its command line."""

from __future__ import annotations

import sys
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from codexwire.runtime.errors import LaunchError, MessageError
from codexwire.runtime.launch import app_server_command, find_codex, toml_value


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


@pytest.mark.parametrize(
    "value",
    [
        "Use 😀 in answers",
        'quotes " and \\ and\nlines\t\x00\x7f',
        "",
        True,
        -(2**63),
        2.5,
        float("inf"),
        [],
        {},
        [1, [2, {"k": ["v", {"deep": True}]}]],
        [{"a": 1}, {"b": "x"}],
        {"a.b": {"c d": [1, 2]}, "é": "ü", "empty": {}},
        date(2026, 1, 31),
    ],
)
def test_any_value_arrives_as_it_is(value: Any) -> None:
    assert tomllib.loads(f"x = {toml_value('x', value)}") == {"x": value}


def test_what_is_none_is_left_out(tmp_path: Path) -> None:
    written = toml_value("x", {"a": None, "b": {"c": None}, "path": tmp_path, "t": (1, 2)})
    assert tomllib.loads(f"x = {written}")["x"] == {"b": {}, "path": str(tmp_path), "t": [1, 2]}
    command = app_server_command(sys.executable, config={"a": None, "b": 1})
    assert command[1:] == ["app-server", "-c", "b=1"]


@pytest.mark.parametrize("value", [[None], 2**63, b"x", {1: 2}, "\ud83d", object()])
def test_what_toml_does_not_have_is_refused(value: Any) -> None:
    with pytest.raises(MessageError, match=r"config: some\.name is nothing that TOML has"):
        toml_value("some.name", {"in": value})


def test_a_name_that_would_be_read_as_another_is_refused() -> None:
    with pytest.raises(MessageError, match="no name of a setting"):
        toml_value('mcp."a=b"', 1)
