"""Recordings of the app-server's messages: their turns come from the reducer of `codexwire.turns`."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Set
from dataclasses import asdict
from typing import Any, NamedTuple

from msgspec.structs import replace

from codexwire.direction import Side
from codexwire.model.exchange import Exchange
from codexwire.model.identity import Ids
from codexwire.model.message import MessageKind, RequestId, kind_of, request_id
from codexwire.model.turn_items import Item as WireItem
from codexwire.model.turn_state import TurnState
from codexwire.model.turn_usage import TurnUsage
from codexwire.profiles.app_server.turns import fold
from codexwire.profiles.ids import ids_of
from codexwire.sessions.items import neutral
from codexwire.sessions.lines import Json, Notes, objects
from codexwire.sessions.losses import lost_by
from codexwire.sessions.model import UNKNOWN, Item, Link, Note, Place, Step, Thread, Turn, Usage
from codexwire.sessions.values import less, object_of, of_type, text_of, time_of, usage_of
from codexwire.transcript.entry import Entry, TranscriptItem

__all__ = ["read_recording"]

_FORK = "thread/fork"
_STREAMED = {
    "agentMessage": "text",
    "plan": "text",
    "reasoning": "summary",
    "commandExecution": "aggregatedOutput",
}
"""Kind → the member that holds what has streamed, where an item was not completed."""


_Key = tuple[str, str, "int | None"]
"""A turn: its thread, its id, and the number of the message that began it."""
_Call = tuple[str, "Side | None", "RequestId | None"]
"""A request: its connection, who asked, and its id."""


class _Seen:
    """What a recording says of threads beside their turns, and the lines of its messages."""

    def __init__(self, notes: Notes) -> None:
        self.notes = notes
        self.lines = array("Q")
        self.threads: dict[str, Json] = {}
        self.places: dict[str, int] = {}
        self.totals: dict[str, Usage] = {}
        self.totals_of_turns: dict[_Key, Usage] = {}
        self.befores: dict[str, Usage] = {}
        self.befores_of_turns: dict[_Key, Usage | None] = {}
        self.begun: dict[tuple[str, str], str | None] = {}
        self._requests: Exchange[_Call, tuple[str, Ids]] = Exchange()
        self._begun: dict[tuple[str, str], int] = {}
        self._ended: set[_Key] = set()

    def messages(self, items: Iterable[TranscriptItem]) -> Iterator[Json]:
        """Yield the messages of a recording, and look at each."""
        for entry, message in objects(items, self.notes, broken="no-message"):
            self.lines.append(int(entry.line))
            self.look(message, entry)
            yield message

    def look(self, message: Json, entry: Entry) -> None:
        """Take in what a message says of a thread."""
        kind, rid, sender = kind_of(message), request_id(message.get("id")), entry.sender
        if kind.is_answer:
            call = (entry.connection, sender.other if sender else None, rid)
            method, asked = self._requests.take(call) or ("", Ids())
            result = object_of(message.get("result"))
            thread_id = self._look_at_thread(ids_of(method, result, "result"), result)
            if method == _FORK and thread_id and asked.thread:
                self._fork(thread_id, asked.thread)
            return
        method, params = text_of(message, "method"), object_of(message.get("params"))
        ids = ids_of(method, params, "params")
        if kind is MessageKind.REQUEST:
            self._requests.ask((entry.connection, sender, rid), (method, ids))
        self._look_at_thread(ids, params)
        look = _LOOKS.get(method)
        if look is not None:
            look(self, ids, params)

    def _fork(self, thread_id: str, parent: str) -> None:
        """Know a fork by its request, for up to 0.99.0 nothing else says so; it goes on counting."""
        self.threads[thread_id].setdefault("forkedFromId", parent)
        if parent in self.totals:
            self.befores[thread_id] = self.totals[parent]

    def _look_at_thread(self, ids: Ids, payload: Mapping[str, Any]) -> str:
        """Take in the thread that a message describes; return its id, empty where it describes none."""
        thread, thread_id = object_of(payload.get("thread")), ids.thread
        if not (thread and thread_id):
            return ""
        self.meet(thread_id, self.lines[-1])
        told = {k: v for k, v in thread.items() if k != "turns" and v is not None}
        self.threads[thread_id].update(told)
        return thread_id

    def begin_item(self, ids: Ids, params: Mapping[str, Any]) -> None:
        """Know when an item began."""
        self.begun[ids.thread or "", ids.item or ""] = time_of(params.get("startedAtMs"), 1000)

    def begin_turn(self, ids: Ids, params: Mapping[str, Any]) -> None:
        """Know which message began a turn: up to 0.99.0 its id may come again."""
        del params
        self._begun[ids.thread or "", ids.turn or ""] = len(self.lines)

    def end_turn(self, ids: Ids, params: Mapping[str, Any]) -> None:
        """Know that a turn has ended."""
        del params
        self._ended.add(self._key((ids.thread or "", ids.turn or "")))

    def key_of(self, state: TurnState) -> _Key:
        """Return the key of a turn; without a number where no message of v2 began it."""
        turn = (state.thread_id or "", state.turn_id or "")
        began = None if state.started is None else int(state.started)
        return (*turn, began if turn in self._begun else None)

    def _key(self, turn: tuple[str, str]) -> _Key:
        return (*turn, self._begun.get(turn))

    def count(self, ids: Ids, params: Mapping[str, Any]) -> None:
        """Know the usage of a thread; of a turn that has ended, a resume only says it again."""
        total = usage_of(object_of(params.get("tokenUsage")).get("total"))
        thread_id = ids.thread or ""
        key = self._key((thread_id, ids.turn or ""))
        if total is not None:
            before = self.totals.get(thread_id, self.befores.get(thread_id))
            self.totals[thread_id] = total
            if key not in self._ended:
                self.totals_of_turns[key] = total
                self.befores_of_turns.setdefault(key, before)

    def meet(self, thread_id: str, line: int) -> None:
        """Know a thread, and where it was named first."""
        self.threads.setdefault(thread_id, {})
        self.places.setdefault(thread_id, line)

    def line(self, at: float | None) -> int:
        """Return the line of the message that the reducer counted."""
        return self.lines[int(at) - 1] if at else 1


_LOOKS: Mapping[str, Callable[[_Seen, Ids, Mapping[str, Any]], None]] = {
    "thread/tokenUsage/updated": _Seen.count,
    "turn/started": _Seen.begin_turn,
    "turn/completed": _Seen.end_turn,
    "item/started": _Seen.begin_item,
}


class _Folded(NamedTuple):
    """A turn but for its usage, of which all totals must be known, and what that is made of."""

    turn: Turn
    thread_id: str | None
    key: _Key
    is_begun: bool
    usage: TurnUsage | None


def read_recording(
    items: Iterable[TranscriptItem], notes: Notes, late: Container[int] = ()
) -> tuple[tuple[Thread, ...], Set[int]]:
    """Return the threads of a recording that have turns, in the order in which they appear.

    Messages may come to turns long after they ended; which turns these are is returned, too, for another
    reading, as `late`.
    """
    seen = _Seen(notes)
    turns: dict[str, list[Turn]] = {}
    begun_before: dict[str, list[Note]] = {}
    all_folded, missed = fold(seen.messages(items), lambda state: _folded(state, seen), late)
    for folded in all_folded:
        turn, thread_id = _with_usage(folded, seen), folded.thread_id or UNKNOWN
        seen.meet(thread_id, turn.place.line)
        turns.setdefault(thread_id, []).append(turn)
        if not folded.is_begun:
            text = f"the recording does not have the beginning of the turn {turn.id}"
            begun_before.setdefault(thread_id, []).append(Note("begun-before", text, turn.place))
    order = sorted(turns, key=seen.places.__getitem__)
    threads = (
        replace(_thread(id, tuple(turns[id]), seen), notes=tuple(begun_before.get(id, ())))
        for id in order
    )
    return tuple(threads), missed


def _thread(thread_id: str, turns: tuple[Turn, ...], seen: _Seen) -> Thread:
    told = seen.threads[thread_id]
    parent = _parent(told)
    usage = seen.totals.get(thread_id) or _last(turn.total_usage for turn in turns)
    return Thread(
        id=thread_id,
        place=Place(seen.notes.file, seen.places[thread_id]),
        files=(seen.notes.file,),
        source="recording",
        history_mode=text_of(told, "historyMode") or None,
        parent=parent,
        name=text_of(told, "name") or None,
        cwd=text_of(told, "cwd") or None,
        created=time_of(told.get("createdAt"), 1),
        cli_version=text_of(told, "cliVersion") or None,
        usage=usage,
        own_usage=_own_of_thread(usage, turns, parent, seen.befores.get(thread_id)),
        turns=turns,
        lost=lost_by("recording"),
    )


def _last(totals: Iterable[Usage | None]) -> Usage | None:
    return next((total for total in reversed([*totals]) if total is not None), None)


def _own_of_thread(
    usage: Usage | None, turns: tuple[Turn, ...], parent: Link | None, before: Usage | None
) -> Usage | None:
    """Return what a thread used itself: a fork, less what it had before its first turn."""
    if usage is None or parent is None or parent.relation != "fork":
        return usage
    if before is not None:
        return less(usage, before)
    first = next((turn for turn in turns if turn.total_usage and turn.usage), None)
    if first is None or first.total_usage is None or first.usage is None:
        return None
    return less(usage, less(first.total_usage, first.usage))


def _parent(told: Json) -> Link | None:
    fork, parent = text_of(told, "forkedFromId"), text_of(told, "parentThreadId")
    return Link(fork, "fork") if fork else Link(parent, "sub_agent") if parent else None


def _folded(state: TurnState, seen: _Seen) -> _Folded:
    is_begun = state.started is not None
    return _Folded(_turn(state, seen), state.thread_id, seen.key_of(state), is_begun, state.usage)


def _turn(state: TurnState, seen: _Seen) -> Turn:
    wire = _wire_turn(state)
    thread_id = state.thread_id or ""
    begun = (item for item in state.items if item.kind)  # of others only a change was told
    items = tuple(_item(item, thread_id, seen) for item in begun)
    lines = [item.place.line for item in items]
    line = seen.line(state.started) if state.started else min(lines, default=1)
    certain = state.end is not None and state.end.certain
    plan = state.plan.steps if state.plan else ()
    return Turn(
        id=state.turn_id or UNKNOWN,
        place=Place(seen.notes.file, line),
        status=state.status if certain else UNKNOWN,
        error=state.error_message,
        started=time_of(wire.get("startedAt"), 1),
        ended=time_of(wire.get("completedAt"), 1),
        duration_ms=of_type(wire.get("durationMs"), int),
        plan=tuple(Step(step.text, step.status) for step in plan),
        items=items,
    )


def _with_usage(folded: _Folded, seen: _Seen) -> Turn:
    total = _total(folded, seen)
    return replace(folded.turn, usage=_own(folded, total, seen), total_usage=total)


def _total(folded: _Folded, seen: _Seen) -> Usage | None:
    """Return the total after a turn; from the reducer where only v1 events tell usage."""
    if folded.thread_id in seen.totals or folded.usage is None:
        return seen.totals_of_turns.get(folded.key)
    return Usage(**asdict(folded.usage.total))


def _own(folded: _Folded, total: Usage | None, seen: _Seen) -> Usage | None:
    """Return what a turn used: the total less the one before, or else what the reducer takes for it."""
    if folded.usage is None or total is None:
        return None
    before = seen.befores_of_turns.get(folded.key)
    if before is None:
        before = Usage(**asdict(folded.usage.total.without(folded.usage.turn)))
    return less(total, before)


def _wire_turn(state: TurnState) -> Mapping[str, Any]:
    """Return the turn as the message of its end has it; empty where it does not."""
    message = object_of(state.end.message if state.end is not None else None)
    return object_of(object_of(message.get("params")).get("turn"))


def _item(item: WireItem, thread_id: str, seen: _Seen) -> Item:
    params = object_of(object_of(item.message).get("params"))
    head = {
        "id": item.id,
        "place": Place(seen.notes.file, seen.line(item.completed or item.started)),
        "started": seen.begun.get((thread_id, item.id)),
        "ended": time_of(params.get("completedAtMs"), 1000),
    }
    member = _STREAMED.get(item.kind)
    streamed = {member: item.text} if member and item.completed is None and item.text else {}
    return neutral(item.kind, {**item.wire, **streamed}, head)
