"""Finds a thread and a turn that the server already has, and makes none."""

from __future__ import annotations

from codexwire.probe.scenario import Ask, Scenario

__all__ = ["SCENARIO"]

SCENARIO = Scenario(
    "looking",
    (
        Ask("thread/list", {"limit": 1}, {"thread": "data.0.id"}),
        Ask("thread/turns/list", {"threadId": "$thread", "limit": 1}, {"turn": "data.0.id"}),
    ),
)
