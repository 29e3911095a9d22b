"""What the acts of the v2 notifications, and of the server's requests, do to the state of a turn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeAlias

from codexwire.model.members import object_in, text_in
from codexwire.model.message import request_id
from codexwire.model.turn_items import Json, kind_of_item
from codexwire.model.turn_state import (
    Content,
    End,
    OpenRequest,
    Plan,
    PlanStep,
    TurnError,
    TurnState,
)
from codexwire.profiles.app_server.turn_tables import IDLE, RANKS, STEP_WORDS, WORDS, TurnRow
from codexwire.profiles.ids import id_of

__all__ = ["V2_ACTS", "Handler", "TurnMessage", "number_of_part", "presume"]


class TurnMessage(NamedTuple):
    """A message about a turn: what takes it in, its row, method and params (of a v1 event: `msg`), when."""

    handler: Handler
    row: TurnRow
    method: str
    params: Json
    message: Json
    at: float


Handler: TypeAlias = "Callable[[TurnState, TurnMessage], TurnState]"

# How a turn begins and ends


def _started(state: TurnState, event: TurnMessage) -> TurnState:
    if state.ended:
        return state.unchanged()
    return state.replaced(started=event.at, presumed=None)


def _completed(state: TurnState, event: TurnMessage) -> TurnState:
    turn = object_in(event.params, "turn")
    if state.keeps_content:
        state = _with_items(state.unchanged(), event, turn.get("items"))
    word = turn.get("status")
    status = WORDS.get(word, word) if isinstance(word, str) else "unknown"
    error = turn.get("error")
    error = error if isinstance(error, dict) else None
    return state.replaced(
        end=End(
            status, event.method, certain=True, at=event.at, error=error, message=event.message
        ),
        presumed=None,
    )


def _with_items(state: TurnState, event: TurnMessage, items: Any) -> TurnState:
    """Return the state with the items in a turn's end: those who opted out of others get them there."""
    for wire in items if isinstance(items, list) else ():
        item_id = text_in(wire, "id")
        known = state.item(item_id)
        if item_id and (known is None or known.completed is None):
            message = {"method": "item/completed", "params": {**event.params, "item": wire}}
            state = _whole(state, item_id, wire, message, event.at)
    return state


def presume(state: TurnState, end: End) -> TurnState:
    """Return the state with a presumed end, unless what is presumed already tells as much."""
    known = 0 if state.presumed is None else RANKS.get(state.presumed.reason, 0)
    if state.ended or known >= RANKS[end.reason]:
        return state.unchanged()
    return state.replaced(presumed=end)


def _thread_status(state: TurnState, event: TurnMessage) -> TurnState:
    status = event.params.get("status")
    word = status.get("type") if isinstance(status, dict) else status
    if state.turn_id is None or not isinstance(word, str) or word not in IDLE:
        return state.unchanged()
    outcome = "interrupted" if state.interrupt_asked and word == "idle" else IDLE[word]
    end = End(outcome, f"{event.method}: {word}", at=event.at, message=event.message)
    return presume(state, end)


def _gone(state: TurnState, event: TurnMessage) -> TurnState:
    """No more comes from a thread that was closed or deleted."""
    if state.ended or state.turn_id is None:
        return state.unchanged()
    known = state.presumed or End("interrupted", event.method, at=event.at, message=event.message)
    return state.replaced(end=known, presumed=None)


def _error(state: TurnState, event: TurnMessage) -> TurnState:
    wire = object_in(event.params, "error")
    will_retry = event.params.get("willRetry") is True
    error = TurnError(text_in(wire, "message"), will_retry, wire, event.method)
    state = state.changed(Content.add_error, error)
    if error.will_retry:
        return state
    return presume(
        state, End("failed", event.method, at=event.at, error=wire, message=event.message)
    )


def _interrupt_asked(state: TurnState, event: TurnMessage) -> TurnState:  # noqa: ARG001 - as its table asks
    return state.replaced(interrupt_asked=True)


# Items


def _item_started(state: TurnState, event: TurnMessage) -> TurnState:
    wire = object_in(event.params, "item")
    item_id = _item_id(event)
    if not item_id:
        return state.unchanged()
    fields: dict[str, Any] = {} if state.ended else {"presumed": None}
    kind = kind_of_item(wire)
    return state.changed(Content.start_item, item_id, kind, wire, event.message, event.at, **fields)


def _item_completed(state: TurnState, event: TurnMessage) -> TurnState:
    wire = object_in(event.params, "item")
    item_id = _item_id(event)
    return _whole(state, item_id, wire, event.message, event.at) if item_id else state.unchanged()


def _whole(state: TurnState, item_id: str, wire: Json, message: Json, at: float) -> TurnState:
    return state.changed(Content.complete_item, item_id, kind_of_item(wire), wire, message, at)


def _piece(state: TurnState, event: TurnMessage) -> TurnState:
    row, params = event.row, event.params
    item_id, piece = _item_id(event), params.get("delta")
    if item_id is None or type(piece) is not str:
        return state.unchanged()
    fields: dict[str, Any] = {"presumed": None} if row.alive else {}
    number = number_of_part(event)
    return state.changed(
        Content.add_piece, item_id, row.kind, row.member, number, piece, False, **fields
    )


def number_of_part(event: TurnMessage) -> int:
    """Return which part of the text a piece belongs to: 0 where it does not say."""
    part = event.params.get(event.row.number)
    return part if type(part) is int else 0


def _patch(state: TurnState, event: TurnMessage) -> TurnState:
    item_id, changes = _item_id(event), event.params.get("changes")
    if item_id is None or not isinstance(changes, list):
        return state.unchanged()
    return state.changed(Content.change_item, item_id, {"changes": changes})


# The rest


def _usage(state: TurnState, event: TurnMessage) -> TurnState:
    return state.changed(Content.report_usage, event.params)


def _plan(state: TurnState, event: TurnMessage) -> TurnState:
    steps = event.params.get("plan")
    told = [step for step in steps if isinstance(step, dict)] if isinstance(steps, list) else []
    plan = Plan(tuple(map(_plan_step, told)), text_in(event.params, "explanation") or None)
    return state.changed(Content.change_plan, plan)


def _plan_step(step: Json) -> PlanStep:
    word = text_in(step, "status")
    return PlanStep(text_in(step, "step"), STEP_WORDS.get(word, word))


def _diff(state: TurnState, event: TurnMessage) -> TurnState:
    diff = event.params.get(event.row.member)
    return state.changed(Content.change_diff, diff) if isinstance(diff, str) else state.unchanged()


def _resolved(state: TurnState, event: TurnMessage) -> TurnState:
    rid = id_of("request", event.method, event.params, "params")
    return state.unchanged() if rid is None else state.changed(Content.close_request, rid)


def _request_opened(state: TurnState, event: TurnMessage) -> TurnState:
    rid = request_id(event.message.get("id"))
    if rid is None:
        return state.unchanged()
    request = OpenRequest(rid, event.method, event.params, _item_id(event))
    return state.changed(Content.open_request, request)


def _item_id(event: TurnMessage) -> str | None:
    found: str | None = id_of("item", event.method, event.params, "params")
    return found


V2_ACTS: Mapping[str, Handler] = {
    "started": _started,
    "completed": _completed,
    "plan": _plan,
    "diff": _diff,
    "interrupt": _interrupt_asked,
    "threadStatus": _thread_status,
    "gone": _gone,
    "usage": _usage,
    "error": _error,
    "itemStarted": _item_started,
    "itemCompleted": _item_completed,
    "piece": _piece,
    "patch": _patch,
    "resolved": _resolved,
    "request": _request_opened,
}
"""What a row calls it → the function that does it; those of plan, diff and usage are of v1, too."""
