"""What the README shows as output is what its commands print."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest
from command import Run

TOP = Path(__file__).parents[2]
SHOWN = re.compile(r"```sh\n((?:codexwire [^\n]*\n)+)```\n\n```text\n(.*?)```", re.DOTALL)


def test_every_shown_output_is_printed(
    codexwire: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(TOP / "examples" / "sessions", tmp_path / "examples" / "sessions")
    monkeypatch.chdir(tmp_path)
    pairs = SHOWN.findall((TOP / "README.md").read_text("utf-8"))
    assert len(pairs) == 3
    for commands, shown in pairs:
        printed = "".join(codexwire(*shlex.split(line)[1:])[1] for line in commands.splitlines())
        assert shown in printed
    answer = codexwire("compat", "--contract", "contract.toml")[1].splitlines()[-1]
    assert f"```text\n{answer}\n```" in (TOP / "README.md").read_text("utf-8")
