"""What a turn comes to, as the client hands it out: typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from codexwire.model.turn_items import Item
from codexwire.model.turn_state import End, TurnState
from codexwire.model.turn_usage import TokenUsage, TurnUsage
from codexwire.runtime.client.messages import Codec

__all__ = ["TokenUsage", "TurnResult", "TurnUsage", "result_of"]


@dataclass(frozen=True, slots=True)
class TurnResult:
    """What a turn came to.

    `status` is the server's word (`completed`, `interrupted`, `failed`); where the server did not say
    how the turn ended, what is concluded (`failed`, `interrupted`, `unknown`), and `inProgress` for a
    turn that runs. `text` is the final answer, or what there was of it. `items` are the completed items
    in order, typed; an item that the server completed twice stands with its last state. `error` is the
    server's error object, typed, `error_message` its text. `ended_by` says how the end is known:
    `turn/completed`, or what hinted at it (`thread/status/changed: systemError`). `lost` counts the
    notifications that came and are lost, because the turn was followed too late; `reconnects` how often
    the connection broke meanwhile and was made again (what is missing then is told by the server).
    """

    thread_id: str
    turn_id: str
    status: str
    text: str
    items: tuple[Any, ...] = ()
    usage: TurnUsage | None = None
    error: Any = None
    error_message: str | None = None
    ended_by: str | None = None
    lost: int = 0
    reconnects: int = 0


def result_of(state: TurnState, codec: Codec, lost: int = 0, reconnects: int = 0) -> TurnResult:
    """Return what the state of a turn says, with values typed by `codec`."""
    return TurnResult(
        str(state.thread_id),
        str(state.turn_id),
        status=state.status,
        text=state.text,
        items=tuple(_typed(item, codec) for item in state.items if item.completed is not None),
        usage=state.usage,
        error=None if state.end is None else _typed_error(state.end, codec),
        error_message=state.error_message,
        ended_by=None if state.end is None else state.end.reason,
        lost=lost,
        reconnects=reconnects,
    )


def _typed(item: Item, codec: Codec) -> Any:
    """Return an item of v2 as its model, one that only v1 told as the event wrote it."""
    if item.message is None:
        return item.wire
    return _member(codec.notification("item/completed", item.message["params"]), "item")


def _typed_error(end: End, codec: Codec) -> Any:
    if end.error is None or end.message is None:
        return end.error
    params = codec.notification(end.message["method"], end.message["params"])
    typed = _member(_member(params, "turn") or params, "error")
    return end.error if typed is None else typed


def _member(value: Any, name: str) -> Any:
    """Return a member of a model or of a mapping, None when there is none."""
    return value.get(name) if isinstance(value, Mapping) else getattr(value, name, None)
