"""What the README tells people to type exists, and what it tells them to write runs."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup

from codexwire.cli.app import app

TOP = Path(__file__).parents[2]
DOCUMENTS = [
    TOP / "README.md",
    TOP / "CONTRIBUTING.md",
    *sorted(TOP.glob("docs/**/*.md")),
    *sorted(TOP.glob("examples/*/README.md")),
]


def blocks(language: str) -> list[str]:
    found = []
    for path in DOCUMENTS:
        found += re.findall(rf"```{language}\n(.*?)```", path.read_text("utf-8"), re.DOTALL)
    return found


def commands() -> list[list[str]]:
    lines = "\n".join(blocks("sh")).splitlines()
    for path in DOCUMENTS:
        prose = re.sub(r"```.*?```", "", path.read_text("utf-8"), flags=re.DOTALL)
        lines += [" ".join(code.split()) for code in re.findall(r"`(codexwire [^`]+)`", prose)]
    parts = [p for line in lines for p in re.split(r"&&|\|", line.partition(" #")[0])]
    return [words for p in parts if (words := shlex.split(p)) and words[0] == "codexwire"]


def test_there_are_commands() -> None:
    assert len(commands()) > 30


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_a_command_exists_with_its_options(words: list[str]) -> None:
    command = typer.main.get_command(app)
    words = words[1:]
    while isinstance(command, TyperGroup):
        found = command.get_command(None, words[0])  # type: ignore[arg-type]
        assert found is not None, words
        command, words = found, words[1:]
    if "--" in words:
        words = words[: words.index("--")]
    known = {name for parameter in command.params for name in parameter.opts}
    assert {w for w in words if w.startswith("-") and w != "-"} <= known | {"--help"}


# What launches a server runs in tests/live.
@pytest.mark.parametrize("code", [b for b in blocks("python") if ".launch(" not in b])
def test_python_runs(code: str, tmp_path: Path) -> None:
    shutil.copytree(TOP / "examples" / "saved", tmp_path / "examples" / "saved")
    file = tmp_path / "test_of_the_readme.py"
    file.write_text(code)
    runner = ["-m", "pytest", "-p", "no:cacheprovider"] if "def test_" in code else ["-W", "error"]
    command = [sys.executable, *runner, str(file)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_links_lead_somewhere() -> None:
    for path in DOCUMENTS:
        if path.is_relative_to(TOP / "docs"):
            continue  # some pages are made with the site, whose test follows its links
        for target in re.findall(r"\]\(([^)#]+)\)", path.read_text("utf-8")):
            assert target.startswith("https://") or (path.parent / target).exists(), target
