"""Streams of `codex exec --json`, on invented events."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from codexwire import session

THREAD, STARTED = {"type": "thread.started", "thread_id": "T"}, {"type": "turn.started"}


def read(tmp_path: Path, *events: dict[str, Any]) -> session.Session:
    path = tmp_path / "run.jsonl"
    path.write_text("".join(json.dumps(event) + "\n" for event in events))
    return session.read(path)


def todo(event: str, *done: bool) -> dict[str, Any]:
    items = [{"text": f"step {at}", "completed": is_done} for at, is_done in enumerate(done)]
    return {"type": f"item.{event}", "item": {"id": "item_0", "type": "todo_list", "items": items}}


def test_a_warning_before_the_turn_is_a_note(tmp_path: Path) -> None:
    warning = {
        "type": "item.completed",
        "item": {"id": "item_0", "type": "error", "message": "careful"},
    }
    found = read(tmp_path, THREAD, warning, STARTED)
    assert [turn.place.line for turn in found.threads[0].turns] == [3]
    assert [(note.rule, note.text, note.place.line) for note in found.files[0].notes] == [
        ("warning", "careful", 2)
    ]


def test_an_error_is_the_turns_unless_it_gets_over_it(tmp_path: Path) -> None:
    error = {"type": "error", "message": "again"}
    (cut,) = read(tmp_path, THREAD, STARTED, error).threads[0].turns
    assert (cut.status, cut.error) == (session.UNKNOWN, "again")
    failed = {"type": "turn.failed", "error": {"message": "no more"}}
    (turn,) = read(tmp_path, THREAD, STARTED, error, failed).threads[0].turns
    assert (turn.status, turn.error) == ("failed", "no more")
    found = read(
        tmp_path, THREAD, STARTED, error, {"type": "turn.completed", "usage": {"input_tokens": 1}}
    )
    (turn,) = found.threads[0].turns
    assert (turn.status, turn.error) == ("completed", None)
    assert [note.text for note in found.files[0].notes] == ["again"]


def test_how_an_open_item_ended_is_unknown_once_its_turn_has_ended(tmp_path: Path) -> None:
    command = {"type": "command_execution", "command": "ls", "status": "in_progress"}
    search = {"type": "web_search", "query": "q"}
    opened = [
        {"type": "item.started", "item": {"id": f"item_{at}", **item}}
        for at, item in enumerate(({**command, "aggregated_output": "", "exit_code": None}, search))
    ]
    (turn,) = read(tmp_path, THREAD, STARTED, *opened).threads[0].turns
    running = turn.items[0]
    assert isinstance(running, session.Command)
    assert (running.status, running.output) == ("inProgress", "")
    for end in ({"type": "turn.completed", "usage": {}}, {"type": "turn.failed", "error": {}}):
        (turn,) = read(tmp_path, THREAD, STARTED, *opened, end).threads[0].turns
        ended, searched = turn.items
        assert isinstance(ended, session.Command)
        assert (ended.status, ended.output, ended.exit_code) == (session.UNKNOWN, None, None)
        assert isinstance(searched, session.Search)


def test_a_plan_is_as_it_was_told_last(tmp_path: Path) -> None:
    (turn,) = read(tmp_path, THREAD, STARTED, todo("started", False, False)).threads[0].turns
    assert [step.status for step in turn.plan] == ["unknown", "unknown"]
    (turn,) = (
        read(tmp_path, THREAD, STARTED, todo("started", False, False), todo("updated", True, False))
        .threads[0]
        .turns
    )
    assert turn.plan == (session.Step("step 0", "completed"), session.Step("step 1"))
    assert not turn.items


def test_what_exec_does_not_tell_is_unknown(tmp_path: Path) -> None:
    usage = {"input_tokens": 10, "output_tokens": 2}
    (thread,) = read(tmp_path, THREAD, STARTED, {"type": "turn.completed", "usage": usage}).threads
    (turn,) = thread.turns
    assert (turn.own_id, turn.started, turn.usage, thread.own_usage) == (True, None, None, None)
    assert thread.usage == turn.total_usage == session.Usage(input_tokens=10, output_tokens=2)
    assert thread.lost
