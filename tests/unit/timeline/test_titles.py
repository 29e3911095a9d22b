"""What the page says of an item in one line; all items are invented."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from codexwire.sessions import model
from codexwire.timeline.titles import title

CHANGES = (
    model.ChangedFile(path="a", kind="add"),
    model.ChangedFile(path="b", kind="update", moved_to="c"),
)

CASES: list[tuple[type, dict[str, Any], str]] = [
    (model.User, {"text": "Say\n  hello"}, "Say hello"),
    (model.Agent, {"text": "x" * 121}, "x" * 119 + "…"),
    (model.Agent, {"text": "x" * 120}, "x" * 120),
    (model.Reasoning, {"text": "I look."}, "I look."),
    (model.Plan, {"text": "First this."}, "First this."),
    (model.Command, {"command": "ls -l", "exit_code": 0}, "ls -l"),
    (model.Command, {"command": "sleep 9"}, "sleep 9"),
    (model.Command, {"command": "make", "exit_code": 2}, "make (exit code 2)"),
    (model.Command, {"command": "x" * 200, "exit_code": 2}, "x" * 105 + " (exit code 2)"),
    (model.FileChange, {"changes": CHANGES}, "add a, update b → c"),
    (model.Tool, {"server": "docs", "name": "find"}, "docs.find"),
    (model.Tool, {"name": "find", "error": "no index"}, "find: no index"),
    (model.Search, {"query": "what is NDJSON"}, "what is NDJSON"),
    (model.Image, {"action": "view", "path": "a.png"}, "view a.png"),
    (model.Image, {"action": "generate", "prompt": "a cat"}, "generate a cat"),
    (model.Review, {"phase": "entered", "text": "the last commit"}, "entered the last commit"),
    (model.Compaction, {"summary": "all of it"}, "all of it"),
    (model.Compaction, {}, "the history was replaced"),
    (model.SubAgent, {"tool": "spawn", "prompt": "look there"}, "spawn look there"),
    (model.SubAgent, {"tool": "wait", "threads": ("a", "b")}, "wait a, b"),
    (
        model.Context,
        {"role": "developer", "origin": ("rules", "skills"), "text": "x"},
        "developer: rules, skills",
    ),
    (model.Call, {"name": "read_file"}, "read_file"),
    (model.Other, {"type": "brand_new"}, "brand_new"),
]


@pytest.mark.parametrize(("kind", "members", "said"), CASES)
def test_an_item_is_told_in_one_line(kind: Any, members: dict[str, Any], said: str) -> None:
    assert title(kind(id="i", place=model.Place("f", 1), **members)) == said


def test_every_kind_of_item_has_a_case() -> None:
    assert {kind for kind, *_ in CASES} == {*get_args(model.Item)}
