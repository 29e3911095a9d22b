"""Whether a message of the user's begins a turn, where no line of a rollout says so (before 0.100.0).

A message that is sent into a running turn leaves the same lines as one that begins the next turn: the
agent answers, the message follows. What is written only when a turn begins, or when none can be running,
tells them apart; else it stays open.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from codexwire.sessions.rollout import Rollout

__all__ = ["begins_turn"]

_SETTINGS = frozenset({"environments.environment_context", "agents_md.instructions"})
_IDLE = timedelta(seconds=5)


def begins_turn(rollout: Rollout, before: str | None, written: str | None) -> bool:
    """Whether a message of the user's surely begins a turn.

    It was `written` then, and the last line before it `before`: a running turn takes a message up at once
    when the model has answered, so that after a while none runs.
    """
    return _is_late(before, written) or any(is_so(rollout) for is_so in _SIGNS)


def _is_late(before: str | None, written: str | None) -> bool:
    try:
        return datetime.fromisoformat(written or "") - datetime.fromisoformat(before or "") >= _IDLE
    except (ValueError, TypeError):  # no times, or one with a zone and one without
        return False


def _nothing_runs(rollout: Rollout) -> bool:
    """It is the first one, or the turn before was stopped."""
    return rollout.draft.current is None


def _is_the_prompt(rollout: Rollout) -> bool:
    """`codex exec` takes one message a process."""
    return bool(rollout.metas) and rollout.metas[0].get("source") == "exec"


def _is_set_up(rollout: Rollout) -> bool:
    """Instructions stand before it: what is new of them is written when a turn begins."""
    waiting = rollout.waiting()
    return any(i.role == "developer" or not _SETTINGS.isdisjoint(i.origin) for i in waiting)


def _was_not_answered(rollout: Rollout) -> bool:
    """The model was asked and has answered nothing, which ends a turn."""
    return not rollout.answered


_SIGNS: tuple[Callable[[Rollout], bool], ...] = (
    _nothing_runs,
    _is_the_prompt,
    _is_set_up,
    _was_not_answered,
)
