"""A pure reducer for turns: messages in, the state of a turn out. Public as `codexwire.turns`."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Set
from typing import Any, Generic, TypeVar

from codexwire.model.message import RequestId
from codexwire.model.turn_state import Content, End, TurnState
from codexwire.model.turn_usage import reported_usage
from codexwire.profiles.app_server.names import PREFIX as EVENT
from codexwire.profiles.app_server.turn_events import V2_ACTS, Handler, TurnMessage
from codexwire.profiles.app_server.turn_legacy import V1_ACTS
from codexwire.profiles.app_server.turn_tables import (
    BEGINS,
    GONE,
    GRACE,
    ITEM,
    LEGACY_LIFE,
    LIFE,
    OF_RUNNING,
    REQUESTS,
    ROWS,
    STARTS,
    STATUSES,
    THREAD_WIDE,
    TOTALS,
    UNNAMED,
    TurnRow,
)
from codexwire.profiles.ids import subject

__all__ = [
    "GONE",
    "GRACE",
    "LEGACY_LIFE",
    "LIFE",
    "STARTS",
    "STATUSES",
    "THREAD_WIDE",
    "advance",
    "answered",
    "collect",
    "fold",
    "settle",
    "start",
    "step",
]

_T = TypeVar("_T")

_ACTS: Mapping[str, Handler] = {**V2_ACTS, **V1_ACTS}
_HANDLERS = {method: (_ACTS[row.act], row) for method, row in ROWS.items()}
_REQUEST = TurnRow("request")
_ASKED = (_ACTS[_REQUEST.act], _REQUEST)


def start(
    thread_id: str | None = None, turn_id: str | None = None, *, content: bool = True
) -> TurnState:
    """Return the state of a turn of which nothing has come yet.

    Without a turn id it is the first turn that the messages name, on the thread if one is given.
    Without `content` the state will tell how the turn began and ended, for less work.
    """
    return TurnState(thread_id, turn_id, keeps_content=content)


def step(state: TurnState, message: Any, at: float = 0.0) -> TurnState:
    """Return the state after one more message, as decoded from JSON.

    Any message of the connection may come in: what is not about the turn changes nothing (but
    `added`, which is of the last step alone), nor does what is no message at all. `at` is the time, or
    whatever else the caller counts in (a line number): it comes back as `started`, `completed` and
    `at` of what began, was completed or ended. Never raises.
    """
    event = _event(message, at)
    if event is None:
        return state.unchanged()
    thread, turn = subject(event.method, event.message["params"])
    if thread is not None and state.thread_id is not None and thread != state.thread_id:
        return state.unchanged()
    if turn is None:
        return event.handler(state, event) if _is_thread_wide(event) else state.unchanged()
    if turn == state.turn_id:
        return event.handler(state, event)
    if event.method in TOTALS and thread is not None and thread == state.thread_id:
        return _with_total(state, event.params)
    if state.turn_id is not None or event.method in UNNAMED:
        return state.unchanged()
    state = state.replaced(thread_id=thread or state.thread_id, turn_id=turn)
    return event.handler(state, event)


def advance(state: TurnState, message: Any, at: float = 0.0) -> TurnState:
    """Do as `step` with a message that is known to be about the turn, or about its thread."""
    event = _event(message, at)
    return state.unchanged() if event is None else event.handler(state, event)


def _event(message: Any, at: float) -> TurnMessage | None:
    """Return a message that says something about a turn; None for any other."""
    if not isinstance(message, dict):
        return None
    method, params = message.get("method"), message.get("params")
    if type(method) is not str or not isinstance(params, dict):
        return None
    found = _HANDLERS.get(method)
    if "id" in message and (method.startswith(ITEM) or method in REQUESTS):
        found = _ASKED
    if found is None:
        return None
    members = params.get("msg") if method.startswith(EVENT) else params
    return TurnMessage(*found, method, members, message, at) if isinstance(members, dict) else None


def _is_thread_wide(event: TurnMessage) -> bool:
    """Whether a message that names no turn is about the one that runs on its thread."""
    return event.method in OF_RUNNING or event.row is _REQUEST


def answered(state: TurnState, request_id: RequestId) -> TurnState:
    """Return the state after the client has answered a request of the server.

    Needed for servers up to 0.99.0 only: later ones say `serverRequest/resolved`.
    """
    return state.changed(Content.close_request, request_id)


def settle(state: TurnState, reason: str = "nothing said so", at: float = 0.0) -> TurnState:
    """Return the state of a turn that nobody waits for any longer; an ended one as it is.

    It ends as is presumed; as `unknown`, for `reason`, when nothing is presumed. Call it when the time
    that you allow (`GRACE` seconds, say) is over since `state.presumed.at`, and when the connection is
    lost. A `turn/completed` that comes later still counts.
    """
    if state.ended:
        return state.unchanged()
    end = state.presumed or End("unknown", reason, at=at)
    return state.replaced(end=end, presumed=None)


def collect(messages: Iterable[Any]) -> tuple[TurnState, ...]:
    """Return the states of all turns in a session's messages, in the order in which they appear.

    `at` of each step is the message's number, from 1. A turn id that is used again after its turn has
    ended (releases up to 0.99.0 number the turns of a process) is another turn.
    """
    turns = _Turns()
    for number, message in enumerate(messages, 1):
        turns.take(message, number)
    return tuple(turns.states)


def fold(
    messages: Iterable[Any], into: Callable[[TurnState], _T], late: Container[int] = ()
) -> tuple[Iterator[_T], Set[int]]:
    """Return what `collect` does, each state as what `into` makes of it, and which turns that misses.

    A turn that ended is done with a thousand messages later, so that states do not add up. One to which a
    message comes after that is missed, by its number; given as `late` they are done with in the end.
    """
    turns = _FoldedTurns(into, late)
    for number, message in enumerate(messages, 1):
        turns.take(message, number)
    return turns.finished(), turns.missed


class _Turns:
    """The turns of a session: their states, and where in the list those of a thread and turn are."""

    def __init__(self) -> None:
        self.states: list[TurnState] = []
        self._places: dict[tuple[str | None, str], int] = {}
        self._running: dict[str | None, list[int]] = {}
        self._totals: dict[str | None, Mapping[str, Any]] = {}

    def take(self, message: Any, at: float) -> None:
        """Take in a message of any thread."""
        event = _event(message, at)
        if event is None:
            return
        thread, turn = subject(event.method, event.message["params"])
        if turn is not None:
            self._take_of_turn(thread, turn, event)
        elif _is_thread_wide(event):
            for place in tuple(self._running.get(thread, ())):
                self._step(place, event)
        if event.method in TOTALS:
            self._totals[thread] = event.params

    def _take_of_turn(self, thread: str | None, turn: str, event: TurnMessage) -> None:
        place = self._places.get((thread, turn))
        if place is not None and event.method in BEGINS and self.states[place].ended:
            place = None
        if place is None and event.method in UNNAMED:
            return
        if place is None:
            place = self._places[thread, turn] = len(self.states)
            self.states.append(_with_total(self._new(thread, turn), self._totals.get(thread, {})))
            self._running.setdefault(thread, []).append(place)
        self._step(place, event)

    def _step(self, place: int, event: TurnMessage) -> None:
        before = self.states[place]
        state = self.states[place] = event.handler(before, event)
        if state.ended and not before.ended:
            self._running[state.thread_id].remove(place)
            self._ended(place, event.at)

    def _new(self, thread: str | None, turn: str) -> TurnState:
        return TurnState(thread, turn)

    def _ended(self, place: int, at: float) -> None:
        """Take in that a turn has ended."""


class _FoldedTurns(_Turns, Generic[_T]):
    """The turns of a session, those that ended as what something makes of them."""

    def __init__(self, into: Callable[[TurnState], _T], late: Container[int]) -> None:
        super().__init__()
        self.missed: set[int] = set()
        self._into = into
        self._late = late
        self._folded: dict[int, _T] = {}
        self._waiting: deque[tuple[int, float]] = deque()

    def finished(self) -> Iterator[_T]:
        """Yield all turns, and forget them."""
        for place, state in enumerate(self.states):
            yield self._folded.pop(place) if state is _DONE else self._into(state)

    def take(self, message: Any, at: float) -> None:
        super().take(message, at)
        while self._waiting and self._waiting[0][1] < at - _DELAY:
            place, _ = self._waiting.popleft()
            self._folded[place] = self._into(self.states[place])
            self.states[place] = _DONE

    def _step(self, place: int, event: TurnMessage) -> None:
        if place in self._folded:
            self.missed.add(place)
        else:
            super()._step(place, event)

    def _new(self, thread: str | None, turn: str) -> TurnState:
        return TurnState.without_past(thread, turn)

    def _ended(self, place: int, at: float) -> None:
        if place not in self._late:
            self._waiting.append((place, at))


_DELAY = 1000
_DONE = TurnState(end=End("unknown", "folded"))
"""Stands for the state of a turn that is done with."""


def _with_total(state: TurnState, params: Mapping[str, Any]) -> TurnState:
    """Return the state with what the thread had used before the turn."""
    report = reported_usage(params)
    return state.unchanged() if report is None else state.changed(Content.know_total, report[1])
