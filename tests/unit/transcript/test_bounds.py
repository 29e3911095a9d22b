"""What is said of a recording does not depend on how much of what is over is remembered."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from codexwire.model import session as model
from codexwire.transcript.judgement import Judgement
from codexwire.transcript.session import state

Judge = Callable[..., Judgement]


def told(judged: Judge, path: Path, lines: list[tuple[str, str, dict[str, Any]]]) -> list[Any]:
    records = ({"ts": 1, "conn": conn, "dir": sender, "msg": body} for conn, sender, body in lines)
    path.write_text("".join(f"{json.dumps(record)}\n" for record in records), "utf-8")
    return [(f.location.line, f.rule, f.level, f.message) for f in judged(path).findings]


def turn(event: str, number: int) -> dict[str, Any]:
    status = {"started": "inProgress", "completed": "completed"}[event]
    held = {"id": f"U{number}", "items": [], "status": status, "error": None}
    return {"method": f"turn/{event}", "params": {"threadId": "T", "turn": held}}


@pytest.mark.parametrize("event", ["started", "completed"])
def test_turns_that_are_forgotten_are_reported_as_others(
    event: str, judged: Judge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [("", "server", turn("started", i)) for i in range(9)]
    lines += [("", "server", turn(event, i)) for i in range(9)] if event == "completed" else []
    before = told(judged, tmp_path / "x.jsonl", lines)
    monkeypatch.setattr(model, "_TURNS", 3 if event == "started" else 9)
    monkeypatch.setattr(model, "_WITH_ITEMS", 1)
    assert told(judged, tmp_path / "x.jsonl", lines) == before
    unfinished = [finding for finding in before if finding[1] == "session/turn-never-completes"]
    assert len(unfinished) == (9 if event == "started" else 0)


def test_connections_that_fell_silent_are_reported_as_others(
    judged: Judge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = {"id": 1, "method": "thread/loaded/list", "params": {}}
    lines = [(str(i), "client", request) for i in range(9)]
    lines = [line for one in lines for line in (one, (one[0], "server", turn("started", 1)))]
    before = told(judged, tmp_path / "x.jsonl", lines)
    monkeypatch.setattr(state, "_CONNECTIONS", 2)
    assert told(judged, tmp_path / "x.jsonl", lines) == before
    assert len([finding for finding in before if finding[1] == "session/unanswered-request"]) == 9
