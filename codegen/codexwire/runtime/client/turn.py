"""A running turn, and what it comes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from codexwire.runtime.client.jsonrpc import Json
from codexwire.runtime.client.messages import Notification
from codexwire.runtime.client.router import TurnKey

__all__ = ["TokenUsage", "TurnReader", "TurnResult", "TurnUsage"]


@dataclass(frozen=True, slots=True)
class TokenUsage:
    """Counts of tokens."""

    total_tokens: int = 0
    input_tokens: int = 0
    cached_input_tokens: int = 0
    output_tokens: int = 0
    reasoning_output_tokens: int = 0

    @classmethod
    def of(cls, counts: Any) -> TokenUsage:
        """Return the counts of a wire object, camelCase (v2) or snake_case (v1)."""
        if not isinstance(counts, Mapping):
            return cls()
        values = {name: counts.get(name, counts.get(_camel(name))) for name in cls.__slots__}
        return cls(**{name: value for name, value in values.items() if isinstance(value, int)})


@dataclass(frozen=True, slots=True)
class TurnUsage:
    """Token usage as the server reported it last: of the `last` model call, in `total` on the thread."""

    last: TokenUsage
    total: TokenUsage
    context_window: int | None = None


@dataclass(frozen=True, slots=True)
class TurnResult:
    """What a turn came to.

    `status` is the server's word (`completed`, `interrupted`, `failed`; `unknown` when the stream
    ended without it). `text` is the final answer, or what there was of it. `items` are the completed
    items in order, typed; an item that the server completed twice stands with its last state.
    `error` is the server's error object, typed, `error_message` its text.
    """

    thread_id: str
    turn_id: str
    status: str
    text: str
    items: tuple[Any, ...] = ()
    usage: TurnUsage | None = None
    error: Any = None
    error_message: str | None = None


class TurnReader(Protocol):
    """Reads a turn's notifications in one dialect."""

    def feed(self, notification: Notification) -> None:
        """Take in the turn's next notification."""

    def text_of(self, notification: Notification) -> str:
        """Return the text that a notification, already fed, adds to the answer; empty for none."""

    def result(self) -> TurnResult:
        """Return what is known so far."""


@dataclass(slots=True)
class Answer:
    """The assistant's messages of a turn, as deltas and as completed texts."""

    parts: dict[str, list[str]] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    final: str | None = None

    def delta(self, item: str, text: str) -> None:
        """Take in a piece of a message."""
        self.parts.setdefault(item, []).append(text)

    def complete(self, item: str, text: str, *, final: bool = False) -> None:
        """Take in a whole message; `final` when the server calls it the final answer."""
        self.texts[item] = text
        if final:
            self.final = item

    def missed(self, item: str) -> str:
        """Return a completed message's text if no delta brought it, else nothing."""
        return "" if item in self.parts else self.texts.get(item, "")

    @property
    def text(self) -> str:
        """The final answer: the message called so, else the last one, else what has come of one."""
        if self.final is not None:
            return self.texts[self.final]
        if self.texts:
            return next(reversed(self.texts.values()))
        return "".join(next(reversed(self.parts.values()))) if self.parts else ""


@dataclass(slots=True)
class V2Reader:
    """Reads v2 notifications."""

    key: TurnKey
    answer: Answer = field(default_factory=Answer)
    items: dict[str, Notification] = field(default_factory=dict)
    usage: Json | None = None
    end: Notification | None = None

    def feed(self, notification: Notification) -> None:
        """Take in the turn's next notification."""
        params = notification.wire_params
        match notification.method:
            case "item/agentMessage/delta":
                self.answer.delta(str(params.get("itemId")), str(params.get("delta", "")))
            case "item/completed":
                self._complete(notification, _object(params, "item"))
            case "thread/tokenUsage/updated":
                self.usage = _object(params, "tokenUsage")
            case "turn/completed":
                self.end = notification

    def _complete(self, notification: Notification, item: Json) -> None:
        name = str(item.get("id"))
        self.items[name] = notification
        if item.get("type") == "agentMessage":
            final = item.get("phase") == "final_answer"
            self.answer.complete(name, str(item.get("text", "")), final=final)

    def text_of(self, notification: Notification) -> str:
        """Return the text that a notification adds to the answer."""
        params = notification.wire_params
        if notification.method == "item/agentMessage/delta":
            return str(params.get("delta", ""))
        if notification.method == "item/completed":
            return self.answer.missed(str(_object(params, "item").get("id")))
        return ""

    def result(self) -> TurnResult:
        """Return what is known so far."""
        turn = {} if self.end is None else _object(self.end.wire_params, "turn")
        error = turn.get("error")
        typed = None if self.end is None else member(member(self.end.params, "turn"), "error")
        return TurnResult(
            *self.key,
            status=str(turn.get("status", "unknown")),
            text=self.answer.text,
            items=tuple(member(n.params, "item") for n in self.items.values()),
            usage=None if self.usage is None else _usage(self.usage),
            error=typed,
            error_message=error.get("message") if isinstance(error, dict) else None,
        )


def member(value: Any, name: str) -> Any:
    """Return a member of a model or of a mapping, None when there is none."""
    return value.get(name) if isinstance(value, Mapping) else getattr(value, name, None)


def _object(params: Json, name: str) -> Json:
    value = params.get(name)
    return value if isinstance(value, dict) else {}


def _usage(usage: Json) -> TurnUsage:
    window = usage.get("modelContextWindow")
    return TurnUsage(TokenUsage.of(usage.get("last")), TokenUsage.of(usage.get("total")), window)


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)
