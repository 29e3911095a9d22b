"""What docs/sessions.md shows as output is what its commands print, and its table of exit codes is true."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from command import Run

TOP = Path(__file__).parents[2]
TEXT = (TOP / "docs" / "sessions.md").read_text("utf-8")
COMMANDS = re.findall(r"```sh\n(codexwire [^\n]*)\n```", TEXT)
SHOWN = re.findall(
    r"```sh\n(codexwire [^\n]*)\n```\n\n(`{3,})text\n(.*?)\2(?=\n|\Z)", TEXT, re.DOTALL
)


@pytest.fixture(autouse=True)
def in_the_clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(TOP / "examples" / "saved", tmp_path / "examples" / "saved")
    monkeypatch.chdir(tmp_path)


def test_every_command_works(codexwire: Run) -> None:
    assert len(COMMANDS) == 4
    for command in COMMANDS:
        assert codexwire(*shlex.split(command)[1:])[0] == 0


def test_every_shown_output_is_printed(codexwire: Run) -> None:
    assert len(SHOWN) == 2
    for command, _, shown in SHOWN:
        assert shown in codexwire(*shlex.split(command)[1:])[1]


def edited(line: int, old: str, new: str) -> bytes:
    """Return the rollout with a text of a line, counted from 1, replaced by another."""
    (rollout,) = Path("examples/saved").glob("rollout-*.jsonl")
    lines = rollout.read_text("utf-8").splitlines(keepends=True)
    assert old in lines[line - 1]
    lines[line - 1] = lines[line - 1].replace(old, new)
    return "".join(lines).encode()


CASES: dict[str, tuple[Callable[[], bytes], int, str]] = {
    "a line that no release accepts": (
        lambda: edited(2, '"turn_id":"', '"turn_id":5,"x":"'),
        1,
        "error",
    ),
    "a type, value or field": (lambda: edited(2, '"event_msg"', '"dream"'), 0, "info"),
    "a file of a release newer": (lambda: edited(1, "0.163.0", "9.9.9"), 0, "warning"),
    "a last line that is cut short": (lambda: edited(14, "\n", "")[:-20], 0, "warning"),
    "any other line that is no JSON object": (lambda: edited(5, "{", "}"), 2, "error"),
    "a file that is no session": (
        lambda: b'{"id":"T","thread_name":"n","updated_at":"t"}\n',
        2,
        "this is the index",
    ),
}


@pytest.mark.parametrize("found", CASES)
def test_the_table_of_exit_codes_is_true(found: str, codexwire: Run) -> None:
    (row,) = (line for line in TEXT.splitlines() if line.startswith(f"| {found}"))
    data, expected, told = CASES[found]
    Path("case.jsonl").write_bytes(data())
    code, out, err = codexwire("validate", "case.jsonl")
    assert (code, told in out + err) == (expected, True), out + err
    says = row.split("|")[3].strip()
    assert says.startswith(str(code))
    if "--strict" in says:
        assert codexwire("validate", "case.jsonl", "--strict")[0] == 2
