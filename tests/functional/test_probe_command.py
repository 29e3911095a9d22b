"""`codexwire probe`: what it is told wrongly, and servers that cannot be probed."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--codex", "/no/such/codex"], "no such program: /no/such/codex"),
        (["--codex", "codex", "--release", "0.171.0"], "exclude each other"),
        (["--format", "yaml"], "no format 'yaml'"),
        (["--connect", "http://127.0.0.1:9"], "not an address"),
        (["--release", "newest"], "no version"),
    ],
)
def test_what_cannot_be_meant(arguments: list[str], said: str, codexwire: Any) -> None:
    code, out, err = codexwire("probe", *arguments)
    assert (code, out) == (2, "")
    assert said in err


def test_nobody_listens(codexwire: Any) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"ws://127.0.0.1:{taken.getsockname()[1]}"
        code, _, err = codexwire("probe", "--connect", url)
    assert code == 2
    assert f"{url}: cannot connect" in err


def test_a_recording_that_is_there_is_left_alone(codexwire: Any, tmp_path: Path) -> None:
    there = tmp_path / "there.jsonl"
    there.write_text("mine\n")
    code, _, err = codexwire("probe", "--connect", "ws://127.0.0.1:9", "--record", there)
    assert code == 2
    assert "there is such a file already" in err
    assert there.read_text() == "mine\n"
