"""mypy --strict knows the types of what a generated package gives back; `.ci/run` asks pyright, too."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import codex_app_server_protocol as protocol
from codex_app_server_protocol import models

ROOT = Path(__file__).parents[2]
PROGRAM = Path(__file__).parent / "typed_program" / "program.py"


def checked(*command: str) -> subprocess.CompletedProcess[str]:
    places = [str(ROOT / "codegen"), str(ROOT / "generated")]
    environment = {**os.environ, "MYPYPATH": os.pathsep.join(places)}
    environment["PYTHONPATH"] = os.pathsep.join([*places, *filter(None, sys.path)])
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=PROGRAM.parent,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )


def test_a_checker_knows_the_types(tmp_path: Path) -> None:
    checker = ("mypy", "--strict", "--cache-dir", str(tmp_path))
    right = checked(*checker, str(PROGRAM))
    assert right.returncode == 0, right.stdout
    wrong = tmp_path / "wrong.py"
    wrong.write_text(PROGRAM.read_text("utf-8").replace("TurnStartResponse", "TurnStartParams"))
    found = checked(*checker, str(wrong))
    assert found.returncode == 1
    assert "TurnStartResponse" in found.stdout


def test_a_stub_has_the_names_of_its_module() -> None:
    for module in (protocol.decode, protocol.methods, protocol.notification_registry):
        stub = Path(str(module.__file__)).with_suffix(".pyi").read_text("utf-8")
        assert all(f'"{name}"' in stub for name in module.__all__)


def test_a_wrong_name_is_told_the_right_one() -> None:
    with pytest.raises(AttributeError, match="did you mean ThreadListResponse"):
        _ = models.ThreadListRespons
    for table in (protocol.CLIENT_REQUESTS, protocol.NOTIFICATION_MODELS):
        with pytest.raises(KeyError, match=r"no method 'turn/.*', did you mean turn/"):
            _ = table["turn/strted"]
        assert table.get("turn/strted") is None
        assert "turn/strted" not in table


def test_a_model_shows_what_was_set() -> None:
    assert repr(models.ThreadListParams(limit=3, cursor=None)) == (
        "ThreadListParams(cursor=None, limit=3)"
    )
    assert repr(models.TextUserInput(text="hi", other=1)) == (
        "TextUserInput(text='hi', type='text', other=1)"
    )
