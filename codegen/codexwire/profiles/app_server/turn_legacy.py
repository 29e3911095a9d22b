"""What the acts of the v1 events (`codex/event/*`, servers up to 0.107.0) do to the state of a turn.

Up to 0.107.0 a turn may be told in both vocabularies at once; what both say counts once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from codexwire.model.members import text_in
from codexwire.model.turn_items import Json, kind_of_item
from codexwire.model.turn_state import Content, End, TurnError, TurnState
from codexwire.profiles.app_server.turn_events import Handler, TurnMessage, number_of_part, presume

__all__ = ["V1_ACTS"]


def _started(state: TurnState, event: TurnMessage) -> TurnState:
    if state.ended or state.started is not None:
        return state.unchanged()
    return state.replaced(started=event.at, presumed=None)


def _ended(state: TurnState, event: TurnMessage) -> TurnState:
    """End the turn: as failed when it reported an error that was not retried."""
    failures = [error.wire for error in state.errors if not error.will_retry]
    if failures:
        return _over(state, event, "failed", failures[-1])
    return _over(state, event, "completed")


def _aborted(state: TurnState, event: TurnMessage) -> TurnState:
    return _over(state, event, "interrupted")


def _over(
    state: TurnState, event: TurnMessage, status: str, error: Json | None = None
) -> TurnState:
    last = event.params.get("last_agent_message")
    state = state.changed(Content.say, last) if isinstance(last, str) else state.unchanged()
    if state.ended:
        return state
    end = End(status, event.method, certain=True, at=event.at, error=error, message=event.message)
    return state.replaced(end=end, presumed=None)


def _error(state: TurnState, event: TurnMessage) -> TurnState:
    wire = event.params
    error = TurnError(text_in(wire, "message"), False, wire, event.method)
    state = state.changed(Content.add_error, error)
    return presume(
        state, End("failed", event.method, at=event.at, error=wire, message=event.message)
    )


def _stream_error(state: TurnState, event: TurnMessage) -> TurnState:
    error = TurnError(text_in(event.params, "message"), True, event.params, event.method)
    return state.changed(Content.add_error, error)


def _item_started(state: TurnState, event: TurnMessage) -> TurnState:
    wire = _item(event.params.get("item"))
    return _begin(state, event, text_in(wire, "id"), kind_of_item(wire), wire)


def _item_completed(state: TurnState, event: TurnMessage) -> TurnState:
    wire = _item(event.params.get("item"))
    return _finish(state, event, text_in(wire, "id"), kind_of_item(wire), wire)


def _call_began(state: TurnState, event: TurnMessage) -> TurnState:
    return _begin(state, event, text_in(event.params, "call_id"), event.row.kind, event.params)


def _call_ended(state: TurnState, event: TurnMessage) -> TurnState:
    return _finish(state, event, text_in(event.params, "call_id"), event.row.kind, event.params)


def _begin(state: TurnState, event: TurnMessage, item_id: str, kind: str, wire: Json) -> TurnState:
    if not item_id:
        return state.unchanged()
    fields: dict[str, Any] = {} if state.ended else {"presumed": None}
    return state.changed(Content.start_item, item_id, kind, wire, None, event.at, **fields)


def _finish(state: TurnState, event: TurnMessage, item_id: str, kind: str, wire: Json) -> TurnState:
    if not item_id:
        return state.unchanged()
    return state.changed(Content.complete_item, item_id, kind, wire, None, event.at)


def _piece(state: TurnState, event: TurnMessage) -> TurnState:
    row, piece = event.row, event.params.get("delta")
    item_id, number = text_in(event.params, "item_id"), number_of_part(event)
    if not item_id or type(piece) is not str:
        return state.unchanged()
    return state.changed(
        Content.add_piece, item_id, row.kind, row.member, number, piece, True, presumed=None
    )


def _item(value: Any) -> Json:
    """Return an item with its type: `{"type": K, …}`, or `{K: {…}}` as up to 0.63.0."""
    if not isinstance(value, dict) or "type" in value:
        return value if isinstance(value, dict) else {}
    kind, item = next(iter(value.items()), ("", {}))
    return {"type": kind, **item} if isinstance(item, dict) else {}


V1_ACTS: Mapping[str, Handler] = {
    "taskStarted": _started,
    "taskEnded": _ended,
    "taskAborted": _aborted,
    "taskError": _error,
    "streamError": _stream_error,
    "eventItemStarted": _item_started,
    "eventItemCompleted": _item_completed,
    "callBegan": _call_began,
    "callEnded": _call_ended,
    "eventPiece": _piece,
}
"""What a row calls it → the function that does it."""
