"""Where a rollout's thread comes from, and which of its turns are another thread's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from codexwire.sessions.draft import ThreadDraft
from codexwire.sessions.lines import Json
from codexwire.sessions.model import UNKNOWN, History, Link, Usage
from codexwire.sessions.values import less, object_of, of_type, text_of

__all__ = ["history_of", "mark_copied", "own_usage", "parent_of"]


def parent_of(meta: Mapping[str, Any]) -> Link | None:
    """Return the thread that one hangs below, by its `session_meta`; legacy reviews do not name it."""
    fork = text_of(meta, "forked_from_id")
    if fork:
        return Link(fork, "fork")
    kind = object_of(meta.get("source")).get("subagent")
    told = object_of(object_of(kind).get("thread_spawn"))
    parent = text_of(meta, "parent_thread_id") or text_of(told, "parent_thread_id")
    if not parent and kind is None:
        return None
    return Link(parent or UNKNOWN, "review" if kind == "review" else "sub_agent")


def history_of(meta: Mapping[str, Any]) -> tuple[History, ...]:
    """Return what a thread goes on from, by its `session_meta`; not given, as far as that tells."""
    base = object_of(meta.get("history_base"))
    if not text_of(base, "thread_id"):
        return ()
    lines = of_type(base.get("end_ordinal_exclusive"), int)
    return (History(text_of(base, "thread_id"), lines),)


def mark_copied(draft: ThreadDraft, metas: Sequence[Json], ordinals: Mapping[str, int]) -> None:
    """Mark the turns that a thread took over from the one that it was forked from.

    A fork of the legacy kind begins with all lines of its parent, a migrated one with most, and any with
    the end of a turn that ran. Ids of threads and turns hold the time at which they were given: a turn
    older than its thread was copied. Of turns without such ids it cannot be told here (None).
    """
    if not metas:
        return
    own = text_of(metas[0], "id")
    if text_of(metas[0], "forked_from_id"):
        for turn in draft.turns:
            turn.copied = _is_older(turn.id, own)
    start = of_type(metas[0].get("subagent_history_start_ordinal"), int)
    for turn in draft.turns if start is not None else ():
        turn.copied = ordinals.get(turn.id, start) < start


def _is_older(turn_id: str, thread_id: str) -> bool | None:
    turn, thread = _time(turn_id), _time(thread_id)
    return None if turn is None or thread is None else turn < thread


def _time(id: str) -> int | None:
    """Return the milliseconds in a UUID of version 7."""
    try:
        found = UUID(id)
    except ValueError:
        return None
    return found.int >> 80 if found.version == 7 else None


def own_usage(draft: ThreadDraft) -> Usage | None:
    """Return what a thread has used itself; None where that cannot be told."""
    if draft.total is None or any(turn.copied is None for turn in draft.turns):
        return None
    copied = [turn.total for turn in draft.turns if turn.copied and turn.total is not None]
    before = copied[-1] if copied else _first_before(draft)
    return None if before is None else less(draft.total, before)


def _first_before(draft: ThreadDraft) -> Usage | None:
    """Return what the thread had used before the first of its own turns that used something."""
    if draft.first_before is not None:
        return draft.first_before
    return next((t.before for t in draft.turns if not t.copied and t.total is not None), None)
