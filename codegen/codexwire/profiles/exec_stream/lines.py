"""How a stream of events is recognized, and what it comes to: its threads, and how its turns ended.

A stream says no release. A turn has no id, and its items are numbered anew in every process; who puts
streams of several processes into one file has several threads there, or one that begins again.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from codexwire.model.lines import Understood

__all__ = ["StreamState", "advance", "is_line", "understood"]

_EVENT = re.compile(
    r"thread\.started|turn\.(?:started|completed|failed)|item\.(?:started|updated|completed)"
)
_ENDED = {"turn.completed": "completed", "turn.failed": "failed"}


@dataclass(slots=True)
class StreamState:
    """A stream as far as it was read.

    `running` is the turn that has begun and not ended, by the line that began it, `items` are the items that
    have, by id.
    """

    lines: int = 0
    threads: list[str] = field(default_factory=list)
    running: dict[str, int] = field(default_factory=dict)
    items: dict[str, int] = field(default_factory=dict)
    turns: Counter[str] = field(default_factory=Counter)

    @property
    def has_turn(self) -> bool:
        """Whether a turn has begun."""
        return bool(self.turns or self.running)

    @property
    def has_earlier(self) -> bool:
        """Whether what was before stands in another file, which no event says."""
        return False


def is_line(tags: Mapping[str, str], _members: frozenset[str]) -> bool:
    """Whether a line is one of a stream of events."""
    return _EVENT.fullmatch(tags.get("type", "")) is not None


def advance(state: StreamState, number: int, line: Mapping[str, Any]) -> None:
    """Take an event in."""
    state.lines += 1
    kind, item = str(line.get("type")), line.get("item")
    if kind == "thread.started":
        _break_off(state)
        thread = line.get("thread_id")
        if isinstance(thread, str) and thread not in state.threads:
            state.threads.append(thread)
    elif kind == "turn.started":
        _break_off(state)
        state.running["turn"] = number
    elif kind in _ENDED:
        state.running.clear()
        state.items.clear()
        state.turns[_ENDED[kind]] += 1
    elif isinstance(item, dict) and isinstance(item.get("id"), str):
        if kind == "item.completed":
            state.items.pop(item["id"], None)
        else:
            state.items.setdefault(item["id"], number)


def _break_off(state: StreamState) -> None:
    """Begin another turn, or another process's stream: what was running has no end."""
    if state.running:
        state.turns["unknown"] += 1
    state.running.clear()
    state.items.clear()


def understood(state: StreamState) -> Understood:
    """Return what a stream came to; a turn without an end has an unknown status."""
    turns = state.turns + Counter(unknown=len(state.running))
    return Understood(tuple(state.threads), "", dict(sorted(turns.items())), {})
