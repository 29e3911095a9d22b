"""Recordings of the app-server, on invented messages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from codexwire import session


def notification(method: str, **params: Any) -> dict[str, Any]:
    return {
        "ts": 0,
        "dir": "server",
        "msg": {"method": method, "params": {"threadId": "T"} | params},
    }


def usage(turn: str, total: int) -> dict[str, Any]:
    told = {"total": {"totalTokens": total}, "last": {"totalTokens": 5}}
    return notification("thread/tokenUsage/updated", turnId=turn, tokenUsage=told)


def started(turn: str, thread: str = "T") -> dict[str, Any]:
    return notification("turn/started", threadId=thread, turn={"id": turn})


def ended(turn: str, thread: str = "T") -> dict[str, Any]:
    told = {"id": turn, "status": "completed"}
    return notification("turn/completed", threadId=thread, turn=told)


def fork_of(thread: str) -> dict[str, Any]:
    request = {"id": 1, "method": "thread/fork", "params": {"threadId": thread}}
    return {"ts": 0, "dir": "client", "msg": request}


def read(tmp_path: Path, *entries: dict[str, Any]) -> session.Thread:
    (thread,) = read_all(tmp_path, *entries)
    return thread


def read_all(tmp_path: Path, *entries: dict[str, Any]) -> tuple[session.Thread, ...]:
    path = tmp_path / "recording.jsonl"
    path.write_text("".join(json.dumps(entry) + "\n" for entry in entries))
    return tuple(session.walk(path))


def totals(thread: session.Thread) -> list[tuple[int | None, int | None]]:
    """The total after each turn, and what it used."""
    pairs = ((turn.total_usage, turn.usage) for turn in thread.turns)
    return [(total and total.total_tokens, own and own.total_tokens) for total, own in pairs]


def test_a_turn_id_that_comes_again_is_another_turn(tmp_path: Path) -> None:
    once, again = (
        (started("0"), usage("0", 10), ended("0")),
        (started("0"), usage("0", 30), ended("0")),
    )
    assert totals(read(tmp_path, *once, *again)) == [(10, 5), (30, 20)]


def test_a_resume_does_not_add_to_the_last_turn(tmp_path: Path) -> None:
    thread = read(tmp_path, started("0"), usage("0", 10), ended("0"), usage("0", 40))
    assert totals(thread) == [(10, 5)]
    assert thread.usage == session.Usage(total_tokens=40)


def test_a_turn_that_began_before_the_recording_is_said(tmp_path: Path) -> None:
    item = {"type": "agentMessage", "id": "m", "text": "x"}
    thread = read(tmp_path, notification("item/completed", turnId="0", item=item), ended("0"))
    assert [note.rule for note in thread.notes] == ["begun-before"]
    assert thread.turns[0].status == "completed"


@pytest.mark.parametrize(
    ("kind", "delta", "place"),
    [
        ("plan", "plan/delta", {}),
        ("reasoning", "reasoning/summaryTextDelta", {"summaryIndex": 0}),
    ],
)
def test_what_has_streamed_of_an_item_is_its_text(
    tmp_path: Path, kind: str, delta: str, place: dict[str, int]
) -> None:
    item = {"type": kind, "id": "m"}
    begun = notification("item/started", turnId="0", item=item)
    piece = notification(f"item/{delta}", turnId="0", itemId="m", delta="so far", **place)
    ((shown,),) = (turn.items for turn in read(tmp_path, started("0"), begun, piece).turns)
    assert isinstance(shown, session.Plan | session.Reasoning)
    assert shown.text == "so far"


def test_what_a_command_has_put_out_stays_where_it_does_not_end(tmp_path: Path) -> None:
    item = {"type": "commandExecution", "id": "m", "command": "ls"}
    begun = notification("item/started", turnId="0", item=item)
    piece = notification("item/commandExecution/outputDelta", turnId="0", itemId="m", delta="a\n")
    ((shown,),) = (turn.items for turn in read(tmp_path, started("0"), begun, piece).turns)
    assert isinstance(shown, session.Command)
    assert shown.output == "a\n"


def test_a_turn_without_an_end_is_unknown_and_keeps_what_has_streamed(tmp_path: Path) -> None:
    item = {"type": "agentMessage", "id": "m", "text": ""}
    begun = notification("item/started", turnId="0", item=item, startedAtMs=1500)
    piece = notification("item/agentMessage/delta", turnId="0", itemId="m", delta="so far")
    (turn,) = read(tmp_path, started("0"), begun, piece).turns
    (message,) = turn.items
    assert turn.status == session.UNKNOWN
    assert isinstance(message, session.Agent)
    assert (message.text, message.started, message.place.line) == (
        "so far",
        "1970-01-01T00:00:01.500Z",
        2,
    )


@pytest.mark.parametrize(
    "forms", [{"threadId": "thread_id", "turnId": "turn_id"}, {"threadId": "conversationId"}]
)
def test_an_id_in_another_form_says_the_same(tmp_path: Path, forms: dict[str, str]) -> None:
    item = {"id": "i", "type": "agentMessage", "text": "Hi"}
    entries = (
        started("0"),
        notification("item/started", turnId="0", item=item, startedAtMs=1000),
        notification("item/completed", turnId="0", item=item, completedAtMs=2000),
        usage("0", 10),
        ended("0"),
        fork_of("T"),
    )
    others = json.loads(json.dumps(entries))
    for entry in others:
        params = entry["msg"]["params"]
        entry["msg"]["params"] = {forms.get(name, name): value for name, value in params.items()}
    answer = {"id": 1, "result": {"thread": {"id": "F"}}}
    forked = ({"ts": 0, "dir": "server", "msg": answer}, started("1", "F"), ended("1", "F"))
    for written in (entries, others):
        thread, fork = read_all(tmp_path, *written, *forked)
        assert (thread.id, totals(thread)) == ("T", [(10, 5)])
        assert thread.turns[0].items[0].started == "1970-01-01T00:00:01.000Z"
        assert fork.parent == session.Link("T", "fork", given=True)
