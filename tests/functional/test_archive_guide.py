"""The examples of the guide to archives run on tables of the recordings kept here."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from archives import fill

from codexwire import archive

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "archive.md"
COMMANDS: tuple[Callable[..., Any], ...] = (archive.validate, archive.coverage, archive.drift)


def test_the_questions_have_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    fill(Path("sessions"))
    with ThreadPoolExecutor(1) as here:
        for command in COMMANDS:
            command("sessions", out="tables", executor=here)
    found: dict[str, Any] = {}
    blocks = re.findall(r"```{.python .example}\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    for block in blocks:
        exec(block, found)
    capsys.readouterr()
    assert ("client requests", "account/logout", "") in found["never"].fetchall()
    assert ("client requests", "turn/start", "") not in found["never"].fetchall()
    assert {"schema/anyOf"} <= {row[0] for row in found["worst"].fetchall()}
    assert found["first"].collect().columns == ["method", "pointer", "first", "sessions"]
    assert found["first"].collect().height
