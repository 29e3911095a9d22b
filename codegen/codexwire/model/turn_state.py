"""The state of a turn: a frozen value over a history that only grows.

All states of a turn share one history, and each sees as much of it as had happened. So a step costs
the same however long the turn is, and earlier states stay what they are.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import msgspec

from codexwire.model.message import RequestId
from codexwire.model.turn_items import Item, ItemProgress, Json
from codexwire.model.turn_usage import TokenUsage, TurnUsage, reported_usage

__all__ = [
    "Content",
    "End",
    "OpenRequest",
    "Plan",
    "PlanStep",
    "TurnError",
    "TurnState",
]


class End(msgspec.Struct, frozen=True):
    """How a turn ended, or is presumed to have ended.

    `status` is `completed`, `failed`, `interrupted`, `unknown`, or another word of the server.
    `reason` says how that is known: the method that said so (`turn/completed`), with the status where
    it is the thread's (`thread/status/changed: systemError`), or the reason that `settle` was given.
    `certain` is True when the server said that the turn ended, False when that is concluded. `error` is
    the server's error object, `message` the message that said so.
    """

    status: str
    reason: str
    certain: bool = False
    at: float = 0.0
    error: Json | None = None
    message: Json | None = None


class TurnError(msgspec.Struct, frozen=True):
    """An error that the server reported in a turn; `will_retry` when it tries to get over it."""

    text: str
    will_retry: bool
    wire: Json
    method: str


class PlanStep(msgspec.Struct, frozen=True):
    """A step of a plan; `status` is `pending`, `inProgress`, `completed` or another word."""

    text: str
    status: str


class Plan(msgspec.Struct, frozen=True):
    """The agent's latest plan."""

    steps: tuple[PlanStep, ...]
    explanation: str | None = None


class OpenRequest(msgspec.Struct, frozen=True):
    """A request of the server that waits for an answer: an approval, a question, a tool call."""

    id: RequestId
    method: str
    params: Json
    item_id: str | None = None


class Content:
    """What a turn comes to; changed by its history only. Each change returns the text that it adds."""

    def __init__(self) -> None:
        self.entries: dict[str, ItemProgress] = {}
        self.requests: dict[RequestId, OpenRequest] = {}
        self.errors: list[TurnError] = []
        self.plan: Plan | None = None
        self.diff: str | None = None
        self.has_v2_items = False
        self._answer: ItemProgress | str | None = None  # final, else the last whole message
        self._streaming: ItemProgress | None = None
        self._legacy_voice: bool | None = None
        self._usage: tuple[TokenUsage, TokenUsage, int | None] | None = None
        self._before: TokenUsage | None = None

    def start_item(
        self, item_id: str, kind: str, wire: Json, message: Json | None, at: float
    ) -> str:
        """Take in an item that begins; `message` is the v2 notification, None for an event of v1."""
        entry = self._entry(item_id, legacy=message is None)
        if entry.completed is None:
            entry.tell(kind, wire, message)
        if entry.started is None or entry.completed is not None:
            entry.start(at)
        return ""

    def complete_item(
        self, item_id: str, kind: str, wire: Json, message: Json | None, at: float
    ) -> str:
        """Take in a completed item; one that is completed again is as it was said last."""
        entry = self._entry(item_id, legacy=message is None)
        entry.completed = at
        entry.tell(kind, wire, message)
        for request in entry.requests:
            self.requests.pop(request, None)
        entry.requests.clear()
        return self._whole_message(entry, message is None) if entry.kind == "agentMessage" else ""

    def add_piece(
        self, item_id: str, kind: str, member: str, index: int, piece: str, legacy: bool
    ) -> str:
        """Take in a piece of an item's text."""
        entry = self._entry(item_id, legacy=legacy)
        entry.kind = entry.kind or kind
        entry.add(piece, member, index, legacy=legacy)
        if kind != "agentMessage":
            return ""
        self._streaming = entry
        return piece if self._speaks(legacy) else ""

    def change_item(self, item_id: str, members: Json) -> str:
        """Take in new values of some members of an item."""
        entry = self._entry(item_id, legacy=False)
        entry.tell(entry.kind, {**entry.wire, **members}, entry.message)
        return ""

    def say(self, text: str) -> str:
        """Take in the final answer as the end of a v1 turn repeats it."""
        if not (isinstance(self._answer, ItemProgress) and self._answer.text == text):
            self._answer = text
        return ""

    def know_total(self, total: TokenUsage) -> str:
        """Take in what the thread had used before the turn."""
        if self._usage is None:
            self._before = total
        return ""

    def report_usage(self, params: Json) -> str:
        """Take in a report of token usage."""
        report = reported_usage(params)
        if report is not None:
            self._usage = report
            if self._before is None:
                self._before = report[1].without(report[0])
        return ""

    def change_plan(self, plan: Plan) -> str:
        """Take in a new plan."""
        self.plan = plan
        return ""

    def change_diff(self, diff: str) -> str:
        """Take in a new diff."""
        self.diff = diff
        return ""

    def add_error(self, error: TurnError) -> str:
        """Take in an error, once where v1 and v2 both tell it."""
        last = self.errors[-1] if self.errors else None
        if last is None or last.text != error.text or last.method == error.method:
            self.errors.append(error)
        return ""

    def open_request(self, request: OpenRequest) -> str:
        """Take in a request of the server."""
        self.requests[request.id] = request
        if request.item_id is not None:
            known = self.entries.get(request.item_id)
            if known is not None:
                known.requests.append(request.id)
        return ""

    def close_request(self, request_id: RequestId) -> str:
        """Take in that a request is settled."""
        self.requests.pop(request_id, None)
        return ""

    @property
    def usage(self) -> TurnUsage | None:
        """The token usage as it was reported last."""
        if self._usage is None:
            return None
        last, total, window = self._usage
        return TurnUsage(last, total, window, total.without(self._before or TokenUsage()))

    @property
    def text(self) -> str:
        """The final answer, or else the last whole message, or else what has streamed of one."""
        if isinstance(self._answer, str):
            return self._answer
        entry = self._answer or self._streaming
        return "" if entry is None else entry.text

    def _entry(self, item_id: str, *, legacy: bool) -> ItemProgress:
        if item_id not in self.entries:
            self.entries[item_id] = ItemProgress(item_id)
        entry = self.entries[item_id]
        if not legacy:
            entry.is_v2 = self.has_v2_items = True
        return entry

    def _whole_message(self, entry: ItemProgress, legacy: bool) -> str:
        """Make a message the answer, and return what no piece of it has brought."""
        answer = self._answer
        final = isinstance(answer, ItemProgress) and answer.item.is_final_answer
        if not final or entry.item.is_final_answer:
            self._answer = entry
        if not self._speaks(legacy):
            return ""
        streamed, text = entry.streamed("text", legacy=legacy), entry.text
        if text:
            entry.pieces[legacy, "text", 0] = [text]  # a second completion adds nothing
        return text[len(streamed) :] if text.startswith(streamed) else ""

    def _speaks(self, legacy: bool) -> bool:
        """Whether the answer's text is taken from v1 (or v2): from the first that brings any."""
        if self._legacy_voice is None:
            self._legacy_voice = legacy
        return self._legacy_voice is legacy


Change: TypeAlias = "tuple[Callable[..., str], tuple[Any, ...]]"


class _History:
    """What the changes of a turn come to, and the changes in order where somebody may go back in them."""

    __slots__ = ("changes", "content", "length")

    def __init__(self, *, goes_back: bool = True) -> None:
        self.changes: list[Change] | None = [] if goes_back else None
        self.content = Content()
        self.length = 0

    def first(self, length: int) -> _History:
        """Return the history as it was after so many changes."""
        if length == self.length:
            return self
        earlier = _History()
        for act, arguments in (self.changes or [])[:length]:
            earlier.add(act, arguments)
        return earlier

    def add(self, act: Callable[..., str], arguments: tuple[Any, ...]) -> str:
        """Add a change; return the text that it adds to the answer."""
        if self.changes is not None:
            self.changes.append((act, arguments))
        self.length += 1
        return act(self.content, *arguments)


class TurnState(msgspec.Struct, frozen=True, eq=False):
    """What is known of a turn.

    `thread_id` and `turn_id` are None until a message names them. `started` is the `at` of the step at
    which the server said that it began. `end` is how it ended, None while it runs; `presumed` is an
    end that something hints at and nothing has said yet (see `settle`), `interrupt_asked` whether a
    `turn/interrupt` of the client was among the messages. `added` is the text that the last step added
    to the agent's messages. A state whose `keeps_content` is False knows how the turn began and ended
    and its errors, nothing else.
    """

    thread_id: str | None = None
    turn_id: str | None = None
    started: float | None = None
    end: End | None = None
    presumed: End | None = None
    added: str = ""
    interrupt_asked: bool = False
    keeps_content: bool = True
    _history: _History | None = None  # none before the first change
    _length: int = 0

    def __repr__(self) -> str:
        return f"TurnState({self.turn_id!r} on {self.thread_id!r}, {self.status})"

    @property
    def ended(self) -> bool:
        """Whether the turn has ended."""
        return self.end is not None

    @property
    def status(self) -> str:
        """`inProgress`, or how the turn ended."""
        return "inProgress" if self.end is None else self.end.status

    @property
    def items(self) -> tuple[Item, ...]:
        """The items in the order in which they began. Where there are items of v2, those alone."""
        content = self._content
        entries = content.entries.values()
        return tuple(e.item for e in entries if e.is_v2 or not content.has_v2_items)

    @property
    def open_items(self) -> tuple[Item, ...]:
        """The items that have begun and not completed, or begun again since."""
        return tuple(e.item for e in self._content.entries.values() if e.is_open)

    def item(self, item_id: str) -> Item | None:
        """Return the item of that id, None when there is none (yet)."""
        entry = self._content.entries.get(item_id)
        return None if entry is None else entry.item

    @property
    def text(self) -> str:
        """The agent's answer: the message called final, else the last whole one, else what streamed."""
        return self._content.text

    @property
    def reasoning(self) -> str:
        """The agent's reasoning, one paragraph or more an item."""
        texts = (item.text for item in self.items if item.kind == "reasoning")
        return "\n\n".join(filter(None, texts))

    @property
    def usage(self) -> TurnUsage | None:
        """The token usage as it was reported last; None when it was not."""
        return self._content.usage

    @property
    def plan(self) -> Plan | None:
        """The latest plan."""
        return self._content.plan

    @property
    def diff(self) -> str | None:
        """The latest unified diff of the turn's changes."""
        return self._content.diff

    @property
    def errors(self) -> tuple[TurnError, ...]:
        """The errors that the server reported, in order, retried ones too."""
        return tuple(self._content.errors)

    @property
    def open_requests(self) -> tuple[OpenRequest, ...]:
        """The server's requests that wait for an answer; none when the turn has ended."""
        return () if self.ended else tuple(self._content.requests.values())

    @property
    def error(self) -> Json | None:
        """The server's error object of a turn that failed."""
        return None if self.end is None else self.end.error

    @property
    def error_message(self) -> str | None:
        """The text of `error`."""
        text = None if self.error is None else self.error.get("message")
        return text if isinstance(text, str) else None

    def changed(self, act: Callable[..., str], *arguments: Any, **fields: Any) -> TurnState:
        """Return the state after a change of its content; `fields` change with it."""
        if not self.keeps_content and act is not Content.add_error:  # an end may be read off errors
            return self.replaced(**fields) if fields else self
        history = self._history or _History()
        if history.length != self._length:
            history = history.first(self._length)
        fields["added"] = history.add(act, arguments)
        return msgspec.structs.replace(self, _history=history, _length=history.length, **fields)

    def unchanged(self) -> TurnState:
        """Return the state after a step that changes nothing: it adds no text."""
        return msgspec.structs.replace(self, added="") if self.added else self

    def replaced(self, **fields: Any) -> TurnState:
        """Return the state with other values of some fields, and no text added."""
        return msgspec.structs.replace(self, added="", **fields)

    @classmethod
    def without_past(cls, thread_id: str | None, turn_id: str) -> TurnState:
        """Return the state of a turn that has not begun, without the means to go on from an earlier one."""
        return cls(thread_id, turn_id, _history=_History(goes_back=False))

    def without_content(self) -> TurnState:
        """Return the state with nothing but how the turn began and ended."""
        return TurnState(
            self.thread_id,
            self.turn_id,
            self.started,
            self.end,
            self.presumed,
            interrupt_asked=self.interrupt_asked,
            keeps_content=False,
        )

    @property
    def _content(self) -> Content:
        history = self._history or _History()
        return history.first(self._length).content
