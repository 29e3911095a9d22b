"""Which binary is meant, and how settings are written on its command line."""

from __future__ import annotations

import sys
import tomllib
from datetime import date, datetime, time, timedelta, timezone
from enum import Enum, StrEnum
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
        1e22,
        [],
        {},
        [1, [2, {"k": ["v", {"deep": True}]}]],
        [{"a": 1}, {"b": "x"}],
        {"a.b": {"c d": [1, 2]}, "é": "ü", "empty": {}},
        {"": {"'": {'"': {"\n": " "}}}},
        "true",
        "[1]",
        "# no comment",
        date(2026, 1, 31),
        time(1, 2, 3),
        datetime(2026, 1, 31, 1, 2, 3, 4, tzinfo=timezone(timedelta(hours=-3))),
        [date(2026, 1, 31), {"at": time(1)}],
    ],
)
def test_any_value_arrives_as_it_is(value: Any) -> None:
    assert tomllib.loads(f"x = {toml_value('x', value)}") == {"x": value}


def test_what_is_none_is_left_out(tmp_path: Path) -> None:
    written = toml_value("x", {"a": None, "b": {"c": None}, "path": tmp_path, "t": (1, 2)})
    assert tomllib.loads(f"x = {written}")["x"] == {"b": {}, "path": str(tmp_path), "t": [1, 2]}
    command = app_server_command(sys.executable, config={"a": None, "b": 1})
    assert command[1:] == ["app-server", "-c", "b=1"]


class Word(StrEnum):
    LOW = "low"


class Number(int, Enum):
    ONE = 1


class Plain(Enum):
    LISTED = ("x", None)


def test_enums_are_their_values() -> None:
    written = toml_value("x", [Word.LOW, Number.ONE, {Word.LOW: Number.ONE, Path("p"): True}])
    assert tomllib.loads(f"x = {written}")["x"] == ["low", 1, {"low": 1, "p": True}]


def nested(levels: int) -> Any:
    return {"a": nested(levels - 1)} if levels else 1


def test_servers_take_deeper_values_for_text() -> None:
    assert tomllib.loads(f"x = {toml_value('x', nested(80))}")["x"] == nested(80)
    endless: list[Any] = []
    endless.append(endless)
    for value in (nested(81), endless):
        with pytest.raises(MessageError, match="servers read 80 levels of it at most"):
            toml_value("x", value)


@pytest.mark.parametrize(
    "value",
    [
        [None],
        {None: 1},
        {1: 2},
        2**63,
        b"x",
        {"x"},
        "\ud83d",
        object(),
        float("inf"),
        float("nan"),
        Plain.LISTED,
        datetime(2026, 1, 31, tzinfo=timezone(timedelta(seconds=1))),
    ],
)
def test_what_toml_does_not_have_is_refused(value: Any) -> None:
    with pytest.raises(MessageError, match=r"config: some\.name cannot be given: ") as refused:
        toml_value("some.name", {"in": value})
    assert len(str(refused.value).splitlines()) == 1


@pytest.mark.parametrize(
    "name",
    ["", " ", 'mcp."a=b"', 'mcp."a"', "mcp.'a'", "a..b", ".a", "a.", " a", "a\n", "a\0", "-a", 5],
)
def test_a_name_that_would_be_read_as_another_is_refused(name: Any) -> None:
    with pytest.raises(MessageError, match="is no name of a setting"):
        toml_value(name, 1)
