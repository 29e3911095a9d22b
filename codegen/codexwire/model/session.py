"""The parts of a session's state: connections with their requests, threads and turns, and steps."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from msgspec import Struct

from codexwire.direction import Side
from codexwire.model.exchange import Exchange
from codexwire.model.identity import Identities, Ids
from codexwire.model.message import RequestId
from codexwire.model.session_message import Message
from codexwire.model.turn_state import TurnState
from codexwire.version import Version

__all__ = ["Connection", "Handshake", "Moment", "Request", "Step", "Turn", "Vocabulary"]


_ANSWERS = 1 << 16
"""How many answers are remembered, so that a long recording does not fill the memory."""


class Moment(StrEnum):
    """What a message means for a session's threads and turns."""

    THREAD_STARTED = "thread-started"
    THREAD_CHANGED = "thread-changed"
    TURN_STARTED = "turn-started"
    TURN_COMPLETED = "turn-completed"
    ITEM_CHANGED = "item-changed"
    ERROR = "error"
    REVIEW_ASKED = "review-asked"
    TURN_ASKED = "turn-asked"
    REQUEST_RESOLVED = "request-resolved"


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the messages of a protocol mean for threads and turns.

    `moments` says it of methods, `identities` where ids stand; `advance(state, message, at)` takes a
    message into the turn's state. `reports` has the notifications that say how something is, again and
    again: method → the params that tell, beside the thread, what it is about.
    """

    identities: Identities = field(default_factory=lambda: Identities({}))
    moments: Mapping[str, Moment] = field(default_factory=dict)
    advance: Callable[[TurnState, Any, float], TurnState] = lambda state, _message, _at: state
    reports: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def subject(self, message: Message, ids: Ids) -> tuple[str, ...] | None:
        """Return what a report is about; None for a message that is no report."""
        names = self.reports.get(message.method or "")
        if names is None:
            return None
        params = message.params if isinstance(message.params, dict) else {}
        return (message.method or "", ids.thread or "", *(str(params.get(n)) for n in names))


class Handshake(StrEnum):
    """How far a connection's `initialize` got; `assumed` when the recording starts later."""

    NONE = "none"
    ASKED = "asked"
    DONE = "done"
    ASSUMED = "assumed"


class Request(Struct, frozen=True, eq=False, gc=False):
    """A request that waits for its answer, or waited."""

    line: int
    sender: Side
    method: str
    ids: Ids
    params: Any = None
    before_initialize: bool = False
    turn_running: bool = False


@dataclass(slots=True, eq=False)
class Turn:
    """One turn of a thread. Lines are None for what was not seen.

    `state` is what became of it, with lines for times and without the contents of its items.
    `overlapped` says that another turn of the thread ran when this one was asked for, `in_review` that
    it started inside a review, whose own turn goes by another id.
    """

    thread: str
    id: str
    line: int
    state: TurnState
    announced: int | None = None
    overlapped: bool = False
    in_review: bool = False

    @property
    def started(self) -> int | None:
        """The line of its `turn/started`."""
        return None if self.state.started is None else int(self.state.started)

    @property
    def completed(self) -> int | None:
        """The line of its `turn/completed`."""
        end = self.state.end
        return int(end.at) if end is not None and end.certain else None

    def forget_items(self) -> None:
        """Let go of the items of a turn that is long over."""
        self.state = self.state.without_content()


@dataclass(slots=True)
class Connection:
    """What is known of one connection: handshake, open requests, threads, turns.

    `vocabulary` says what the methods of its protocol mean. `initialized` is the line of that
    notification, `went_on` that of the first thing the client said after the handshake. `refused` has,
    by thread, the request for a turn that was answered with an error, until a request names the thread.
    `reported` has the last report by what it is about.
    """

    name: str
    version: Version | None
    vocabulary: Vocabulary
    handshake: Handshake = Handshake.NONE
    experimental: bool | None = None
    opted_out: frozenset[str] = frozenset()
    heard: set[Side] = field(default_factory=set)
    requests: Exchange[tuple[Side, RequestId], Request] = field(
        default_factory=lambda: Exchange(_ANSWERS)
    )
    threads: set[str] = field(default_factory=set)
    strangers: dict[str, Message] = field(default_factory=dict)
    turns: dict[tuple[str, str], Turn] = field(default_factory=dict)
    running: dict[str, list[Turn]] = field(default_factory=dict)
    reviews: dict[str, Turn] = field(default_factory=dict)
    settled: deque[Turn] = field(default_factory=deque)
    resolved: set[RequestId] = field(default_factory=set)
    refused: dict[str, Request] = field(default_factory=dict)
    reported: dict[tuple[str, ...], Message] = field(default_factory=dict)
    initialized: int | None = None
    went_on: int | None = None

    def has_met(self, thread: str) -> bool:
        """Whether a thread is known, or noted as one that appeared from nowhere."""
        return thread in self.threads or thread in self.strangers

    def turn(self, thread: str | None, turn: str | None) -> Turn | None:
        """Return the turn with these ids, where it is known."""
        return self.turns.get((thread or "", turn)) if turn else None

    def unanswered(self) -> Iterator[Request]:
        """Yield the requests of both sides that still wait, in the order in which they came."""
        yield from sorted((r for _, r in self.requests), key=lambda request: request.line)


class Step(Struct, frozen=True, gc=False):
    """One message in the state before it.

    `request` is what a response answers; `answered_on` the line of an earlier answer to the same id;
    `ids` are those of the message, of a response those of its result; `turn` is the turn that the
    message is about, where it is known; `reported` is the report before this one about the same.
    """

    message: Message
    connection: Connection
    ids: Ids
    request: Request | None = None
    answered_on: int | None = None
    turn: Turn | None = None
    reported: Message | None = None

    @property
    def method(self) -> str | None:
        """The method of the message, or of the request that it answers."""
        return self.message.method or (self.request.method if self.request else None)
