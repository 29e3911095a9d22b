"""How a run of the command line ends."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from codexwire.cli.app import COMMANDS, main, run

README = Path(__file__).parents[3] / "README.md"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["generate", "--no-such-option"], "No such option: --no-such-option"),
        (["generate", "surplus"], "unexpected extra argument"),
        (["no-such-command"], "No such command 'no-such-command'"),
        (["rules", "show"], "Missing argument"),
    ],
)
def test_wrong_usage_is_said_and_ends_with_two(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert said in printed.err
    assert "internal error" not in printed.err


def test_without_arguments_the_commands_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([]) == 2
    printed = capsys.readouterr()
    assert all(name in printed.out + printed.err for name in COMMANDS)


def test_every_command_is_in_the_readme_and_the_other_way_round() -> None:
    typed = re.findall(r"(?:^|`)codexwire (\w+)", README.read_text("utf-8"), re.MULTILINE)
    assert set(typed) == set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_listed_with_the_words_that_its_help_begins_with(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([name, "--help"]) == 0
    _usage, first, *_ = capsys.readouterr().out.split("\n\n")
    assert " ".join(first.split()) == COMMANDS[name]


def test_the_list_of_commands_imports_none_of_them() -> None:
    script = "from codexwire.cli.app import run; run(['--help']); import sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], stdout=subprocess.PIPE, check=True)
    *_, modules = done.stdout.decode().splitlines()
    loaded = {name for name in modules.split() if name.startswith("codexwire.cli.")}
    assert loaded == {"codexwire.cli.app", "codexwire.cli.command"}


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out.startswith("codexwire ")


def test_what_is_unusable_is_one_line_and_two(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["rules", "show", "no-such-rule"]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    assert printed.err.startswith("codexwire: error: no rule 'no-such-rule'")


@pytest.mark.parametrize("words", ["schema list", "redact -", "rules list"])
def test_a_closed_standard_output_is_one_line(words: str) -> None:
    done = subprocess.run(
        ["sh", "-c", f'"$0" -m codexwire {words} >&-', sys.executable],
        input=b"",
        stderr=subprocess.PIPE,
    )
    assert done.returncode == 2
    (line,) = done.stderr.decode().splitlines()
    assert line.startswith("codexwire: error: standard output is closed")


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "latin-1"])
def test_output_of_a_locale_that_lacks_characters_is_utf_8(encoding: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "codexwire", "rules", "show", "n006"],
        env={**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"},
        capture_output=True,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert "…" in done.stdout.decode()


def test_a_terminal_that_lacks_characters_gets_others(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.TextIOWrapper):
        def isatty(self) -> bool:
            return True

    terminal = Terminal(io.BytesIO(), encoding="ascii", write_through=True)
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setattr(sys, "argv", ["codexwire", "rules", "show", "n006"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 0
    assert terminal.encoding == "ascii"
