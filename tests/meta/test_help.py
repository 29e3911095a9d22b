"""Every help text ends with examples that can be typed, fits 80 columns and names the choices."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.core import TyperGroup

from codexwire.cli.app import COMMANDS, app, run

RECORDING = Path(__file__).parents[1] / "data/recordings/0.163.0/s02_command_approval.jsonl"
CHOICES = {"format", "channel", "style", "layout", "fail_on", "mode", "approve", "side", "timing"}
ROOT = typer.main.get_command(app)


def commands(words: tuple[str, ...] = (), command: Any = ROOT) -> Iterator[tuple[str, ...]]:
    yield words
    if isinstance(command, TyperGroup):
        for name in command.list_commands(None):  # type: ignore[arg-type]
            yield from commands((*words, name), command.get_command(None, name))  # type: ignore[arg-type]


def found(words: list[str]) -> tuple[Any, list[str]]:
    """The command that some words name, and what is left of them for it."""
    command: Any = ROOT
    while isinstance(command, TyperGroup) and words:
        command, words = command.get_command(None, words[0]), words[1:]  # type: ignore[arg-type]
    return command, words


def examples(words: tuple[str, ...]) -> list[str]:
    command, _ = found([*words])
    _mark, title, *lines = command.epilog.splitlines()
    assert title == "Examples:"
    return [line.strip() for line in lines]


EXAMPLES = sorted({line for words in commands() for line in examples(words)})
RUN = [
    line
    for line in EXAMPLES
    if line.startswith(("codexwire rules", "codexwire schema show", "codexwire schema list"))
    or line.split()[-1] == "session.jsonl"
]


@pytest.mark.parametrize("line", EXAMPLES)
def test_an_example_parses(line: str) -> None:
    name, *words = shlex.split(line.partition(" > ")[0])
    assert name == "codexwire"
    command, rest = found(words)
    assert not isinstance(command, TyperGroup)
    command.make_context(line, rest)  # raises what wrong usage raises


@pytest.mark.parametrize("line", RUN)
def test_an_example_runs(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(RECORDING, tmp_path / "session.jsonl")
    monkeypatch.chdir(tmp_path)
    assert run(shlex.split(line.partition(" > ")[0])[1:]) == 0
    assert capsys.readouterr().out


@pytest.mark.parametrize("words", [*commands()], ids=" ".join)
def test_a_help_text_fits(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*words, "--help"]) == 0
    text = capsys.readouterr().out
    assert max(map(len, text.splitlines())) <= 80
    assert "\b" not in text
    assert "..." not in text.partition("Commands:")[2]
    assert all(f"\n    {line}" in text for line in examples(words))


@pytest.mark.parametrize("words", [*commands()], ids=" ".join)
def test_choices_are_named(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    command, _ = found([*words])
    assert run([*words, "--help"]) == 0
    text = capsys.readouterr().out
    for parameter in command.params:
        if parameter.name in CHOICES:
            assert re.search(rf"{parameter.opts[0]} <\w+\S*\|", text), parameter.name


def test_a_summary_is_one_line() -> None:
    assert all(len(text) <= 64 and text.endswith(".") for text in COMMANDS.values())
