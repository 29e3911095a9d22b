"""Conversations and events: the v1 API, for servers up to 0.107.0.

A message to a conversation is answered with nothing; the turn's id is learned from its first event,
and its end is `task_complete` or `turn_aborted`, in every release that has the API (0.58.0 sends no
`turn/completed`). The events of a turn are its stream; where the server also sends the v2
notifications of the same turn (0.72.0–0.107.0) these are in the stream too, and give the items.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from codexwire.runtime.client.dialect import Ask, named
from codexwire.runtime.client.jsonrpc import Json
from codexwire.runtime.client.messages import Notification
from codexwire.runtime.client.router import Router, TurnKey, TurnSignals
from codexwire.runtime.client.subscription import Subscription
from codexwire.runtime.client.turn import (
    Answer,
    TokenUsage,
    TurnReader,
    TurnResult,
    TurnUsage,
    member,
)
from codexwire.runtime.errors import ConnectionClosedError, UnsupportedError
from codexwire.version import Version

__all__ = ["V1", "V1Reader"]

_LAST = Version(0, 107, 0)
_EVENT = "codex/event/"
_ENDED = frozenset({_EVENT + "task_complete", _EVENT + "turn_complete", _EVENT + "turn_aborted"})
_STARTED = frozenset({_EVENT + "task_started", _EVENT + "turn_started"})
_TOOL_ENDS = frozenset(
    _EVENT + name
    for name in ("exec_command_end", "patch_apply_end", "mcp_tool_call_end", "web_search_end")
)


class V1:
    """`newConversation`, `addConversationListener`, `sendUserMessage`, `interruptConversation`."""

    signals = TurnSignals(_STARTED, _ENDED)

    def check(self, version: Version | None) -> None:
        """Refuse releases that do not have the API any more."""
        if version is not None and version > _LAST:
            raise UnsupportedError(
                f"{version} has no v1 API any more", hint="leave `dialect` at auto or v2"
            )

    async def start_thread(self, ask: Ask, params: Json) -> str:
        """Start a conversation and listen to it; `params` as of `newConversation`."""
        result = await ask("newConversation", params)
        conversation = named("thread", "newConversation", result)
        await ask("addConversationListener", {"conversationId": conversation})
        return conversation

    async def start_turn(
        self, ask: Ask, router: Router, thread_id: str, items: list[Any], params: Json
    ) -> str:
        """Send the message and return the id in the event that the turn begins with."""
        begin = router.subscribe(
            Subscription(1, where=lambda n: n.method in _STARTED and n.turn_id is not None),
            thread_id=thread_id,
        )
        await ask(
            "sendUserMessage",
            {**params, "conversationId": thread_id, "items": [_v1_item(item) for item in items]},
        )
        async for notification in begin:
            return str(notification.turn_id)
        raise ConnectionClosedError("the connection was closed before the turn began")

    async def steer(self, ask: Ask, key: TurnKey, items: list[Any]) -> None:
        """Send another message: a running turn takes it in."""
        message = {"conversationId": key[0], "items": [_v1_item(item) for item in items]}
        await ask("sendUserMessage", message)

    async def interrupt(self, ask: Ask, key: TurnKey) -> None:
        """Send `interruptConversation`."""
        await ask("interruptConversation", {"conversationId": key[0]})

    def reader(self, key: TurnKey) -> TurnReader:
        """Return a reader for events."""
        return V1Reader(key)


def _v1_item(item: Any) -> Any:
    """Return a v2 input item in the form of v1: `{"type": …, "data": {…}}`."""
    if not isinstance(item, dict) or "data" in item:
        return item
    data = {("image_url" if key == "url" else key): v for key, v in item.items() if key != "type"}
    return {"type": item.get("type"), "data": data}


@dataclass(slots=True)
class V1Reader:
    """Reads `codex/event/*`, and the items of v2 notifications where there are any."""

    key: TurnKey
    answer: Answer = field(default_factory=Answer)
    events: dict[str, Any] = field(default_factory=dict)
    items: dict[str, Any] = field(default_factory=dict)
    usage: TurnUsage | None = None
    error: Json | None = None
    status: str = "unknown"

    def feed(self, notification: Notification) -> None:
        """Take in the turn's next notification."""
        params = notification.wire_params
        event = _event(notification)
        match notification.method.removeprefix(_EVENT):
            case "agent_message_content_delta":
                self.answer.delta(str(event.get("item_id")), str(event.get("delta", "")))
            case "item_completed":
                self._complete(event)
            case "item/completed":
                item = params.get("item")
                name = str(item.get("id")) if isinstance(item, dict) else ""
                self.items[name] = member(notification.params, "item")
            case "token_count":
                self.usage = _usage(event.get("info")) or self.usage
            case "error" if event:  # the v2 notification of that name says the same
                self.error = event
            case "task_complete" | "turn_complete" | "turn_aborted":
                self._end(notification.method, event)
            case _ if notification.method in _TOOL_ENDS:
                self.events[str(event.get("call_id"))] = event

    def _complete(self, event: Json) -> None:
        kind, item = _item(event.get("item"))
        name = str(item.get("id"))
        self.events[name] = item if "type" in item else {"type": kind, **item}
        if kind == "AgentMessage":
            self.answer.complete(name, "".join(map(_content_text, item.get("content") or ())))

    def _end(self, method: str, event: Json) -> None:
        if method.endswith("turn_aborted"):
            self.status = "interrupted"
        else:
            self.status = "completed" if self.error is None else "failed"
        last = event.get("last_agent_message")
        if isinstance(last, str):
            self.answer.complete("last_agent_message", last, final=True)

    def text_of(self, notification: Notification) -> str:
        """Return the text that a notification adds to the answer."""
        event = _event(notification)
        if notification.method == _EVENT + "agent_message_content_delta":
            return str(event.get("delta", ""))
        if notification.method == _EVENT + "item_completed":
            return self.answer.missed(str(_item(event.get("item"))[1].get("id")))
        return ""

    def result(self) -> TurnResult:
        """Return what is known so far; items of v2 where there are any, else those of the events."""
        error = self.error
        return TurnResult(
            *self.key,
            status=self.status,
            text=self.answer.text,
            items=tuple((self.items or self.events).values()),
            usage=self.usage,
            error=error,
            error_message=None if error is None else str(error.get("message", "")),
        )


def _event(notification: Notification) -> Json:
    event = notification.wire_params.get("msg")
    return event if isinstance(event, dict) else {}


def _item(value: Any) -> tuple[str, Json]:
    """Return kind and members of an item: `{"type": K, …}`, or `{K: {…}}` up to 0.63.0."""
    if not isinstance(value, dict):
        return "", {}
    if "type" in value:
        return str(value["type"]), value
    kind, item = next(iter(value.items()), ("", {}))
    return kind, item if isinstance(item, dict) else {}


def _content_text(part: Any) -> str:
    """Return the text of a content part: `{"type": "Text", "text": T}`, or `{"Text": {"text": T}}`."""
    inner = part.get("Text", part) if isinstance(part, dict) else {}
    return str(inner.get("text", "")) if isinstance(inner, dict) else ""


def _usage(info: Any) -> TurnUsage | None:
    if not isinstance(info, dict):
        return None
    last, total = info.get("last_token_usage"), info.get("total_token_usage")
    return TurnUsage(TokenUsage.of(last), TokenUsage.of(total), info.get("model_context_window"))
