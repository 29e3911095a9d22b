"""States of turns that ended are dropped while a recording is read, and it reads the same."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from codexwire import session
from codexwire.profiles.app_server import turns

RECORDINGS = sorted((Path(__file__).parents[2] / "data" / "recordings").glob("*/*.jsonl"))


def turn_of(name: str, method: str, **members: Any) -> dict[str, Any]:
    here = {"threadId": "T", "turnId": name}
    return {"method": method, "params": {**here, "turn": {"id": name, **members}}}


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_turns_that_are_done_with_early_read_the_same(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = session.to_json(session.read(path))
    for delay in (-1, 3):
        monkeypatch.setattr(turns, "_DELAY", delay)
        assert session.to_json(session.read(path)) == whole


def test_a_message_long_after_its_turn_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "_DELAY", 2)
    item = {"id": "i", "type": "agentMessage", "text": "late"}
    late = {"method": "item/completed", "params": {"threadId": "T", "turnId": "a", "item": item}}
    messages = [
        turn_of("a", "turn/started"),
        turn_of("a", "turn/completed", status="completed"),
        *(turn_of("b", "turn/started") for _ in range(9)),
        late,
    ]
    path = tmp_path / "r.jsonl"
    path.write_text("".join(json.dumps(m) + "\n" for m in messages))
    (thread,) = session.walk(path)
    assert [item.text for item in thread.turns[0].items if isinstance(item, session.Agent)] == [
        "late"
    ]
    with path.open() as stdin:
        monkeypatch.setattr("sys.stdin", stdin)
        (same,) = session.walk("-")
    assert [len(turn.items) for turn in same.turns] == [1, 0]


def test_turns_are_done_with_before_the_recording_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "_DELAY", 2)
    done: list[str | None] = []

    def messages() -> Iterator[Any]:
        for name in "abcdef":
            yield turn_of(name, "turn/started")
            yield turn_of(name, "turn/completed", status="completed")
            assert len(done) >= ord(name) - ord("a") - 1

    folded, missed = turns.fold(messages(), lambda state: done.append(state.turn_id))
    assert (len([*folded]), missed, done) == (6, set(), [*"abcdef"])
