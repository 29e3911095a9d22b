"""Where the messages of a recording stand on the page; all of them are invented."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from timelines import unpacked

from codexwire.usecases.timeline import timeline

HELLO = {"id": 0, "method": "initialize", "params": {"clientInfo": {"name": "x", "version": "1"}}}
WELCOME = {"id": 0, "result": {"userAgent": "demo/0.163.0 (Linux) x (demo; 1)"}}


def drawn(folder: Path, *told: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    """The data of the page that draws a handshake, and what the server told after that."""
    said = [{"method": method, "params": params} for method, params in told]
    entries = [("client", HELLO), *(("server", message) for message in (WELCOME, *said))]
    path = folder / "r.jsonl"
    lines = (json.dumps({"ts": n, "dir": d, "msg": m}) for n, (d, m) in enumerate(entries))
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return unpacked(timeline(path).page)[0]


def test_a_thread_without_turns_has_a_lane(tmp_path: Path) -> None:
    index = drawn(tmp_path, ("thread/name/updated", {"threadId": "T", "threadName": "x"}))
    assert index["lanes"] == [{"id": "T", "depth": 0}]
    assert index["rows"]["lane"] == [-1, -1, 0]


def test_the_turn_of_a_thread_that_is_not_named_has_its_messages(tmp_path: Path) -> None:
    """Up to 0.63.0 notifications do not say which thread they belong to."""
    turn = {"id": "U", "items": [], "status": "inProgress"}
    item = {"type": "agentMessage", "id": "i", "text": "hi"}
    index = drawn(
        tmp_path,
        ("turn/started", {"turn": turn}),
        ("item/completed", {"turnId": "U", "item": item}),
        ("turn/completed", {"turn": {**turn, "status": "completed"}}),
    )
    assert index["rows"]["turn"] == [-1, -1, 0, 0, 0]
    assert index["rows"]["lane"] == [-1, -1, 0, 0, 0]
    assert [(turn["first"], turn["last"]) for turn in index["turns"]] == [(2, 4)]
    assert [item[4] for item in index["items"]] == [3]
