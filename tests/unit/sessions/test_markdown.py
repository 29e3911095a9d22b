"""Every kind of item says in Markdown what it is, and what is in it."""

from __future__ import annotations

import re
from typing import Any, get_args

import msgspec
import pytest

from codexwire.sessions.markdown import to_markdown
from codexwire.sessions.model import Item, Thread

ITEMS: dict[str, dict[str, Any]] = {
    "User": {"kind": "user", "text": "please"},
    "Agent": {"kind": "agent", "text": "done"},
    "Reasoning": {"kind": "reasoning", "text": "hm"},
    "Command: failed, exit code 2": {
        "kind": "command",
        "command": "ls",
        "status": "failed",
        "exit_code": 2,
    },
    "File change: completed": {
        "kind": "file_change",
        "status": "completed",
        "changes": [{"path": "a", "kind": "add", "diff": "+x"}],
    },
    "Tool `s/t`: completed": {"kind": "tool", "server": "s", "name": "t", "status": "completed"},
    "Search": {"kind": "search", "query": "q"},
    "Image: view": {"kind": "image", "action": "view", "path": "/p.png"},
    "Review entered": {"kind": "review", "phase": "entered", "text": "the diff"},
    "Compaction": {"kind": "compaction", "summary": "short"},
    "Sub-agent `wait`: completed": {"kind": "sub_agent", "tool": "wait", "status": "completed"},
    "Plan": {"kind": "plan", "text": "first this"},
    "Context for the model: hooks.prompt": {
        "kind": "context",
        "role": "user",
        "origin": ["hooks.prompt"],
        "text": "four",
    },
    "Call `c`": {"kind": "call", "name": "c", "arguments": {"a": 1}},
    "Item of type `new`": {"kind": "other", "type": "new", "value": {"b": 2}},
}
"""What stands above an item → the item as `codexwire show --format json` writes it."""

SHOWN = ("text", "command", "query", "path", "summary")


def test_there_is_an_item_of_every_kind() -> None:
    kinds = {kind.__struct_config__.tag for kind in get_args(Item)}
    assert {item["kind"] for item in ITEMS.values()} == kinds


@pytest.mark.parametrize("title", ITEMS)
def test_an_item_says_what_it_is_and_holds(title: str) -> None:
    place = {"file": "f", "line": 7}
    item = {**ITEMS[title], "id": "i", "place": place}
    turn = {"id": "t", "place": place, "items": [item]}
    thread = {"id": "T", "place": place, "files": ["f"], "source": "exec", "turns": [turn]}
    text = "".join(to_markdown(msgspec.convert(thread, Thread)))
    assert re.findall(r"^### (.*) \(line 7\)$", text, re.MULTILINE) == [title]
    if item["kind"] != "context":  # the text of which is not shown
        assert all(item[name] in text for name in SHOWN if name in item)


def test_a_thread_and_its_turns_say_where_they_come_from() -> None:
    place = {"file": "f", "line": 1}
    turn = {
        "id": "t",
        "place": place,
        "started": "2026-01-02",
        "ended": "2026-01-03",
        "status": "failed",
        "copied": True,
        "rolled_back": True,
        "continues": None,
    }
    thread = {
        "id": "T",
        "place": place,
        "files": ["f"],
        "source": "exec",
        "turns": [turn],
        "cwd": "/p",
        "created": "2026-01-01",
        "cli_version": "0.1.0",
        "originator": "me",
    }
    lines = "".join(to_markdown(msgspec.convert(thread, Thread))).splitlines()
    marks = "failed, may go on with the turn before, copied, rolled back"
    assert f"## Turn `t`: {marks}" in lines
    assert "f:1 · 2026-01-02 · 2026-01-03" in lines
    told = {line.removeprefix("- ") for line in lines}
    assert {
        "cwd: `/p`",
        "created: `2026-01-01`",
        "cli version: `0.1.0`",
        "originator: `me`",
    } <= told


def test_a_terminal_is_told_nothing_by_what_was_said() -> None:
    """Escape sequences of a recording stand there as text; lines of Windows are lines."""
    place = {"file": "f", "line": 1}
    said = "one\r\ntwo\t\x1b]0;title\x07\x9b2J\rback"
    turn = {
        "id": "t",
        "place": place,
        "items": [{"kind": "agent", "id": "i", "place": place, "text": said}],
    }
    thread = {"id": "T", "place": place, "files": ["f"], "source": "exec", "turns": [turn]}
    text = "".join(to_markdown(msgspec.convert(thread, Thread)))
    assert "one\ntwo\t\\u001b]0;title\\u0007\\u009b2J\\u000dback" in text
    assert all(c.isprintable() or c in "\t\n" for c in text)
