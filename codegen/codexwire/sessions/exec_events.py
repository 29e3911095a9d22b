"""The events of `codex exec --json`: a table from event to function.

They name the thread and nothing else: no turn ids, no times, not what the user wrote.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from msgspec.structs import replace

from codexwire.model.repeated import Repeated, parse_repeated
from codexwire.sessions.draft import ThreadDraft, TurnDraft, own_id
from codexwire.sessions.items import neutral
from codexwire.sessions.lines import Json, Notes, objects
from codexwire.sessions.losses import lost_by
from codexwire.sessions.model import UNKNOWN, Command, Item, Search, Step, Thread
from codexwire.sessions.values import object_of, objects_of, text_of, usage_of
from codexwire.transcript.entry import TranscriptItem

__all__ = ["read_exec"]


class _Stream:
    """What the events of one process have come to so far."""

    def __init__(self, notes: Notes) -> None:
        self.notes = notes
        self.thread_id: str | None = None
        self.draft = ThreadDraft(notes, None)  # a resumed thread goes on counting

    def turn(self, line: int) -> TurnDraft:
        return self.draft.latest or self.draft.begin(None, line)


def _thread(stream: _Stream, event: Json, line: int) -> None:  # noqa: ARG001 - as its table asks
    stream.thread_id = text_of(event, "thread_id") or stream.thread_id


def _turn_started(stream: _Stream, event: Json, line: int) -> None:  # noqa: ARG001 - as its table asks
    stream.draft.begin(None, line)


def _turn_completed(stream: _Stream, event: Json, line: int) -> None:
    turn = stream.turn(line)
    turn.status = "completed"
    if turn.error is not None:  # it got over it
        stream.notes.add("warning", turn.error, line)
        turn.error = None
    total = usage_of(event.get("usage"))
    if total is not None:
        stream.draft.use(total, None)
    _ended(stream, turn)


def _turn_failed(stream: _Stream, event: Json, line: int) -> None:
    turn = stream.turn(line)
    turn.status = "failed"
    turn.error = text_of(object_of(event.get("error")), "message") or None
    _ended(stream, turn)


def _ended(stream: _Stream, turn: TurnDraft) -> None:
    """End a turn; how an item ended that is still open, the stream does not say."""
    for id, item in turn.items.items():
        if getattr(item, "status", None) == "inProgress":
            unsaid = {"output": None} if isinstance(item, Command) else {}
            turn.items[id] = replace(item, status=UNKNOWN, **unsaid)
    stream.draft.end(turn)


def _error(stream: _Stream, event: Json, line: int) -> None:
    stream.turn(line).error = text_of(event, "message") or None


def _item(stream: _Stream, event: Json, line: int) -> None:
    wire = event.get("item")
    if not isinstance(wire, dict):
        return
    type = text_of(wire, "type")
    if type == "error":
        stream.notes.add("warning", text_of(wire, "message"), line)
        return
    turn = stream.turn(line)
    if type == "todo_list":
        turn.plan = _steps(wire.get("items"))
        return
    told = text_of(wire, "id")
    head = {"id": told or own_id(line), "own_id": not told, "place": stream.draft.place(line)}
    item = neutral(type, wire, head)
    turn.items[item.id] = _with_both_ids(item, wire, stream.notes, line)


def _with_both_ids(item: Item, wire: Json, notes: Notes, line: int) -> Item:
    """Return an item with the id that its object has a second time, under the same key."""
    if not isinstance(wire, Repeated):
        return item
    for key in wire.again:
        notes.add("key-twice", f"an object has the key {key!r} twice; both values are kept", line)
    call_id = text_of(dict(wire.pairs), "id") if "id" in wire.again else ""
    return replace(item, call_id=call_id) if call_id and isinstance(item, Search) else item


def _steps(told: Any) -> tuple[Step, ...]:
    steps = objects_of(told)
    return tuple(
        Step(text_of(s, "text"), "completed" if s.get("completed") else UNKNOWN) for s in steps
    )


_EVENTS: Mapping[str, Callable[[_Stream, Json, int], None]] = {
    "thread.started": _thread,
    "turn.started": _turn_started,
    "turn.completed": _turn_completed,
    "turn.failed": _turn_failed,
    "error": _error,
    "item.started": _item,
    "item.updated": _item,
    "item.completed": _item,
}


def read_exec(items: Iterable[TranscriptItem], notes: Notes) -> tuple[Thread, ...]:
    """Return the thread of a stream, by the lines of its file."""
    stream = _Stream(notes)
    for entry, event in objects(items, notes, parse_repeated):
        type = str(event.get("type"))
        handle = _EVENTS.get(type)
        if handle is None:
            notes.unknown[type] += 1
        else:
            handle(stream, event, entry.line)
    if stream.thread_id is None and not stream.draft.turns:
        return ()
    thread = Thread(
        id=stream.thread_id or f"{notes.file}#1",
        place=stream.draft.place(1),
        files=(notes.file,),
        source="exec",
        usage=stream.draft.total,
        turns=tuple(stream.draft.frozen_turns()),
        lost=lost_by("exec"),
    )
    return (thread,)
