"""What the v1 events (`codex/event/*`, servers up to 0.107.0) say about a turn: one row an event.

Up to 0.107.0 a turn may be told in both vocabularies at once; what both say counts once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from codexwire.model.turn_items import Json, kind_of_item
from codexwire.model.turn_state import Content, End, TurnError, TurnState
from codexwire.profiles.app_server.names import PREFIX as EVENT
from codexwire.profiles.app_server.turn_events import Event, Handler, plan_of, presume

__all__ = ["LIFE_EVENTS", "V1"]


def _started(state: TurnState, event: Event) -> TurnState:
    if state.ended or state.started is not None:
        return state.unchanged()
    return state.replaced(started=event.at, presumed=None)


def _ended(state: TurnState, event: Event) -> TurnState:
    """End the turn: as failed when it reported an error that was not retried."""
    last = event.params.get("last_agent_message")
    state = state.changed(Content.say, last) if isinstance(last, str) else state.unchanged()
    if state.ended:
        return state
    failures = [error for error in state.errors if not error.will_retry]
    if event.method == EVENT + "turn_aborted":
        status, error = "interrupted", None
    else:
        status, error = ("failed", failures[-1].wire) if failures else ("completed", None)
    end = End(status, event.method, certain=True, at=event.at, error=error, message=event.message)
    return state.replaced(end=end, presumed=None)


def _error(state: TurnState, event: Event) -> TurnState:
    wire = event.params
    error = TurnError(_text(wire, "message"), False, wire, event.method)
    state = state.changed(Content.add_error, error)
    return presume(
        state, End("failed", event.method, at=event.at, error=wire, message=event.message)
    )


def _stream_error(state: TurnState, event: Event) -> TurnState:
    error = TurnError(_text(event.params, "message"), True, event.params, event.method)
    return state.changed(Content.add_error, error)


def _item_started(state: TurnState, event: Event) -> TurnState:
    wire = _item(event.params.get("item"))
    return _begin(state, event, _text(wire, "id"), kind_of_item(wire), wire)


def _item_completed(state: TurnState, event: Event) -> TurnState:
    wire = _item(event.params.get("item"))
    return _finish(state, event, _text(wire, "id"), kind_of_item(wire), wire)


def _call_began(kind: str) -> Handler:
    return lambda s, e: _begin(s, e, _text(e.params, "call_id"), kind, e.params)


def _call_ended(kind: str) -> Handler:
    return lambda s, e: _finish(s, e, _text(e.params, "call_id"), kind, e.params)


def _begin(state: TurnState, event: Event, item_id: str, kind: str, wire: Json) -> TurnState:
    if not item_id:
        return state.unchanged()
    fields: dict[str, Any] = {} if state.ended else {"presumed": None}
    return state.changed(Content.start_item, item_id, kind, wire, None, event.at, **fields)


def _finish(state: TurnState, event: Event, item_id: str, kind: str, wire: Json) -> TurnState:
    if not item_id:
        return state.unchanged()
    return state.changed(Content.complete_item, item_id, kind, wire, None, event.at)


def _piece(kind: str, member: str = "text", index: str = "") -> Handler:
    def handle(state: TurnState, event: Event) -> TurnState:
        item_id, piece = _text(event.params, "item_id"), event.params.get("delta")
        part = event.params.get(index, 0)
        number = part if type(part) is int else 0
        if not item_id or type(piece) is not str:
            return state.unchanged()
        return state.changed(
            Content.add_piece, item_id, kind, member, number, piece, True, presumed=None
        )

    return handle


def _usage(state: TurnState, event: Event) -> TurnState:
    return state.changed(Content.report_usage, event.params)


def _plan(state: TurnState, event: Event) -> TurnState:
    return state.changed(Content.change_plan, plan_of(event.params))


def _diff(state: TurnState, event: Event) -> TurnState:
    diff = event.params.get("unified_diff")
    return state.changed(Content.change_diff, diff) if isinstance(diff, str) else state.unchanged()


def _item(value: Any) -> Json:
    """Return an item with its type: `{"type": K, …}`, or `{K: {…}}` as up to 0.63.0."""
    if not isinstance(value, dict) or "type" in value:
        return value if isinstance(value, dict) else {}
    kind, item = next(iter(value.items()), ("", {}))
    return {"type": kind, **item} if isinstance(item, dict) else {}


def _text(params: Json, name: str) -> str:
    value = params.get(name)
    return value if isinstance(value, str) else ""


V1: Mapping[str, Handler] = {
    "task_started": _started,
    "turn_started": _started,
    "task_complete": _ended,
    "turn_complete": _ended,
    "turn_aborted": _ended,
    "error": _error,
    "stream_error": _stream_error,
    "item_started": _item_started,
    "item_completed": _item_completed,
    "exec_command_begin": _call_began("commandExecution"),
    "exec_command_end": _call_ended("commandExecution"),
    "patch_apply_begin": _call_began("fileChange"),
    "patch_apply_end": _call_ended("fileChange"),
    "mcp_tool_call_begin": _call_began("mcpToolCall"),
    "mcp_tool_call_end": _call_ended("mcpToolCall"),
    "web_search_begin": _call_began("webSearch"),
    "web_search_end": _call_ended("webSearch"),
    "agent_message_content_delta": _piece("agentMessage"),
    "plan_delta": _piece("plan"),
    "reasoning_content_delta": _piece("reasoning", "summary", "summary_index"),
    "reasoning_raw_content_delta": _piece("reasoning", "content", "content_index"),
    "plan_update": _plan,
    "turn_diff": _diff,
    "token_count": _usage,
}

LIFE_EVENTS = frozenset(
    name for name, handler in V1.items() if handler in (_started, _ended, _error)
)
"""The events that tell whether a turn runs."""
