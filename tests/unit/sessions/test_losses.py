"""What a kind of source does not say is not there, and is told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from codexwire import session

DATA = Path(__file__).parents[2] / "data"


@pytest.mark.parametrize(
    ("path", "lost", "is_lost"),
    [
        (
            "rollouts/exec/0.163.0/plain.jsonl",
            "what the user wrote",
            lambda item: not isinstance(item, session.User),
        ),
        (
            "rollouts/sessions/0.99.0/s01_basic.jsonl",
            "ids of messages and reasoning (own ids stand for them)",
            lambda item: item.own_id or not isinstance(item, session.Agent | session.Reasoning),
        ),
        (
            "rollouts/sessions/0.163.0/exec_plain.jsonl",
            "what began and did not end: approvals, pieces of text, progress",
            lambda item: getattr(item, "status", "") != "inProgress",
        ),
        (
            "recordings/0.163.0/s06_lifecycle_resume.jsonl",
            "texts that were injected for the model",
            lambda item: not isinstance(item, session.Context),
        ),
    ],
)
def test_what_is_lost_is_told(
    path: str, lost: str, is_lost: Callable[[session.Item], bool]
) -> None:
    thread, *_ = session.walk(DATA / path)
    assert lost in thread.lost
    items = [item for turn in thread.turns for item in turn.items]
    assert items
    assert all(map(is_lost, items))
