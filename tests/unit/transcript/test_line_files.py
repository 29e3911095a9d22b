"""Files of lines that are no messages: by which lines they are told, and how their turns ended."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from codexwire.errors import TranscriptError
from codexwire.profiles.exec_stream.profile import EXEC_STREAM
from codexwire.profiles.rollout.profile import ROLLOUT
from codexwire.transcript.formats.table import detect
from codexwire.transcript.source import OpenRecording

DATA = Path(__file__).parents[2] / "data" / "rollouts"


def told(folder: Path, line: Any) -> str:
    path = folder / "one.jsonl"
    path.write_text(json.dumps(line) + "\n")
    with OpenRecording(str(path)) as source:
        return detect(source).id


def test_a_stream_is_told_by_any_event_that_was_recorded(tmp_path: Path) -> None:
    lines = [
        json.loads(line)
        for path in (DATA / "exec").rglob("*.jsonl")
        for line in path.read_bytes().splitlines()
    ]
    events = {line["type"]: line for line in lines}
    del events["error"]  # other programs write that too
    assert len(events) > 6
    for type, line in events.items():
        assert told(tmp_path, line) == "exec-stream", type


@pytest.mark.parametrize(
    "line",
    [
        {"type": "thread_started"},
        {"type": "turn_started"},
        {"type": "item_started"},
        {"type": "item.started.again"},
        {"type": "event_msg", "payload": {}},
        {"type": "event_msg", "timestamp": "t"},
    ],
)
def test_a_line_that_only_resembles_an_event_tells_nothing(line: Any, tmp_path: Path) -> None:
    with pytest.raises(TranscriptError, match="no known transcript format"):
        told(tmp_path, line)


def turns(profile: Any, *lines: dict[str, Any]) -> dict[str, int]:
    state = profile.lines.begin()
    for number, line in enumerate(lines, 1):
        profile.lines.advance(state, number, line)
    found: dict[str, int] = profile.lines.understood(state).turns
    return found


@pytest.mark.parametrize("begins", ["turn.started", "thread.started"])
def test_what_a_stream_begins_anew_has_no_known_end(begins: str) -> None:
    types = ("turn.started", begins, "turn.started", "turn.completed")
    expected = {"completed": 1, "unknown": 2 if begins == "turn.started" else 1}
    assert turns(EXEC_STREAM, *({"type": type} for type in types)) == expected


@pytest.mark.parametrize(
    ("end", "status"),
    [
        ({"type": "turn_aborted", "reason": "interrupted"}, "interrupted"),
        ({"type": "task_complete", "error": {"message": "m"}}, "failed"),
        ({"type": "task_complete", "started_at": 1}, "completed"),
        ({"type": "task_complete"}, "unknown"),
    ],
)
def test_the_end_of_a_turn_in_a_rollout(end: dict[str, Any], status: str) -> None:
    payloads = ({"type": "task_started", "turn_id": "t"}, {"turn_id": "t", **end})
    lines = [{"type": "event_msg", "payload": payload} for payload in payloads]
    assert turns(ROLLOUT, *lines) == {status: 1}
