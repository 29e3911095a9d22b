"""The parts of a session's state: connections with their requests, threads and turns, and steps."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from msgspec import Struct

from codexwire.direction import Side
from codexwire.ir.model import Protocol
from codexwire.model.exchange import Exchange
from codexwire.model.identity import Identities, Ids
from codexwire.model.message import RequestId
from codexwire.model.session_message import SessionMessage
from codexwire.model.turn_state import TurnState
from codexwire.version import Version

__all__ = [
    "NO_REPORT",
    "ConnectionRecord",
    "Handshake",
    "Moment",
    "Phase",
    "SeenMessage",
    "SentRequest",
    "SessionStep",
    "StatusReport",
    "TurnRecord",
    "Vocabulary",
]

_TURNS = 1 << 12
_WITH_ITEMS = 1 << 8
_AT_ONCE = 1 << 5
"""So much is remembered of a connection, so that a long recording does not fill the memory: turns that
ended and as many that did not, turns that ended with their items, and turns of one thread that run at
the same time."""


class Moment(StrEnum):
    """What a message means for a session's threads and turns."""

    THREAD_STARTED = "thread-started"
    THREAD_CHANGED = "thread-changed"
    TURN_STARTED = "turn-started"
    TURN_COMPLETED = "turn-completed"
    ITEM_STARTED = "item-started"
    ITEM_COMPLETED = "item-completed"
    ERROR = "error"
    REVIEW_ASKED = "review-asked"
    TURN_ASKED = "turn-asked"
    REQUEST_RESOLVED = "request-resolved"


class StatusReport(NamedTuple):
    """A notification that says how something is, again and again.

    `members` of the params tell, beside the thread, what it is about; `says(params)` returns what it says.
    """

    members: tuple[str, ...]
    says: Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the messages of a protocol mean for threads and turns.

    `moments` says it of methods, `identities` where ids stand; `advance(state, message, at)` takes a
    message into the turn's state; that an item begins or ends matters to it only where an end is presumed.
    `reports` are the notifications that report, by method.
    """

    identities: Identities = field(default_factory=lambda: Identities({}))
    moments: Mapping[str, Moment] = field(default_factory=dict)
    advance: Callable[[TurnState, Any, float], TurnState] = lambda state, _message, _at: state
    reports: Mapping[str, StatusReport] = field(default_factory=dict)

    def is_silent(self, method: str) -> bool:
        """Whether notifications of a method leave the state of a session as it is."""
        return method not in self.moments and method not in self.reports


class Handshake(StrEnum):
    """How far a connection's `initialize` got; `assumed` when the recording starts later."""

    NONE = "none"
    ASKED = "asked"
    DONE = "done"
    ASSUMED = "assumed"


class Phase(Struct, frozen=True, gc=False):
    """What of a connection, and of the turn that a message is about, decides which checks look at it."""

    handshake: Handshake
    opted_out: frozenset[str]
    turn_is_over: bool


class SeenMessage(Struct, frozen=True, gc=False):
    """What is remembered of a message."""

    line: int
    sender: Side
    method: str | None


class SentRequest(Struct, frozen=True, eq=False, gc=False):
    """A request that waits for its answer, or waited; `turn` is the one that it is about, if known."""

    line: int
    sender: Side
    method: str
    ids: Ids
    params: Any = None
    before_initialize: bool = False
    turn_running: bool = False
    turn: TurnRecord | None = None


@dataclass(slots=True, eq=False)
class TurnRecord:
    """One turn of a thread. Lines are None for what was not seen.

    `state` is what became of it, with lines for times, and without the contents of its items; `started`,
    `completed` and `presumed` are the lines at which it began and ended and that hint at its end. `items`
    has, by id, the lines at which each began and was completed; None when they are forgotten.
    `overlapped` says that another turn of the thread ran when this one was asked for, `in_review` that
    it started inside a review, whose own turn goes by another id.
    """

    thread: str
    id: str
    state: TurnState
    started: int | None = None
    completed: int | None = None
    presumed: int | None = None
    items: dict[str, tuple[int | None, int | None]] | None = field(default_factory=dict)
    announced: int | None = None
    overlapped: bool = False
    in_review: bool = False

    @property
    def open_items(self) -> Iterator[int]:
        """The lines of the items that have begun and not completed, or begun again since."""
        for started, completed in (self.items or {}).values():
            if started is not None and (completed is None or started > completed):
                yield started


@dataclass(slots=True)
class ConnectionRecord:
    """What is known of one connection: handshake, open requests, threads, turns.

    `vocabulary` says what the methods of its `protocol` mean. `initialized` is the line of that notification,
    `went_on` that of the first thing the client said after the handshake. `requests` are counted by sender
    and thread, too. `turns` are those that ended last and those that did not, which are in `unfinished`, too;
    `given_up` has those that nobody waits for any longer, until somebody asks. `running` has the turns of a
    thread that run. `refused` has, by thread, the request for a turn that was answered with an error, until
    a request names the thread. `reported` is what the last report said, by what it is about.
    """

    name: str
    version: Version | None
    protocol: Protocol
    vocabulary: Vocabulary
    requests: Exchange[tuple[Side, RequestId], SentRequest]
    handshake: Handshake = Handshake.NONE
    experimental: bool | None = None
    opted_out: frozenset[str] = frozenset()
    heard: set[Side] = field(default_factory=set)
    threads: set[str] = field(default_factory=set)
    strangers: dict[str, SeenMessage] = field(default_factory=dict)
    turns: dict[tuple[str, str], TurnRecord] = field(default_factory=dict)
    unfinished: dict[tuple[str, str], TurnRecord] = field(default_factory=dict)
    given_up: list[TurnRecord] = field(default_factory=list)
    running: dict[str, list[TurnRecord]] = field(default_factory=dict)
    reviews: dict[str, TurnRecord] = field(default_factory=dict)
    settled: deque[TurnRecord] = field(default_factory=deque)
    resolved: set[RequestId] = field(default_factory=set)
    refused: dict[str, SentRequest] = field(default_factory=dict)
    reported: dict[tuple[str, ...], Any] = field(default_factory=dict)
    initialized: int | None = None
    went_on: int | None = None

    def has_met(self, thread: str) -> bool:
        """Whether a thread is known, or noted as one that appeared from nowhere."""
        return thread in self.threads or thread in self.strangers

    def turn(self, thread: str | None, turn: str | None) -> TurnRecord | None:
        """Return the turn with these ids, where it is known."""
        return self.turns.get((thread or "", turn)) if turn else None

    def phase(self, turn: TurnRecord | None) -> Phase:
        """Return the phase that a message about `turn` meets."""
        over = turn is not None and turn.completed is not None
        return Phase(self.handshake, self.opted_out, over)

    def begin(self, turn: TurnRecord) -> None:
        """Take in a turn that was not known, and give up the oldest of too many that are unfinished."""
        self.turns[turn.thread, turn.id] = self.unfinished[turn.thread, turn.id] = turn
        if len(self.unfinished) > _TURNS:
            oldest = self.unfinished.pop(next(iter(self.unfinished)))
            self.forget(oldest)
            self.given_up.append(oldest)

    def run(self, turn: TurnRecord) -> None:
        """Note that a turn runs."""
        running = self.running.setdefault(turn.thread, [])
        if turn not in running:
            running.append(turn)
        if len(running) > _AT_ONCE:
            del running[0]

    def settle(self, turn: TurnRecord) -> None:
        """Note that a turn ended, and forget what is long over."""
        running = self.running.get(turn.thread, [])
        if turn in running:
            running.remove(turn)
        self.unfinished.pop((turn.thread, turn.id), None)
        self.settled.append(turn)
        if len(self.settled) > _WITH_ITEMS:
            self.settled[-_WITH_ITEMS - 1].items = None
        if len(self.settled) > _TURNS:
            self.forget(self.settled.popleft())

    def forget(self, turn: TurnRecord) -> None:
        """Let go of a turn, unless another goes by its id by now."""
        if self.turns.get((turn.thread, turn.id)) is turn:
            del self.turns[turn.thread, turn.id]

    def unanswered(self) -> Iterator[SentRequest]:
        """Yield the requests of both sides that still wait, in the order in which they came."""
        yield from sorted((r for _, r in self.requests), key=lambda request: request.line)


NO_REPORT = object()
"""What `reported` of a step is where there was no report before."""


class SessionStep(Struct, frozen=True, gc=False):
    """One message in the state before it.

    `request` is what a response answers; `answered_on` the line of an earlier answer to the same id;
    `ids` are those of the message, of a response those of its result; `turn` is the turn that the
    message is about, where it is known. Of a report, `subject` is what it is about, `says` what it says,
    and `reported` what the one before said (`NO_REPORT`: there was none).
    """

    message: SessionMessage
    connection: ConnectionRecord
    ids: Ids
    request: SentRequest | None = None
    answered_on: int | None = None
    turn: TurnRecord | None = None
    subject: tuple[str, ...] | None = None
    says: Any = None
    reported: Any = NO_REPORT

    @property
    def method(self) -> str | None:
        """The method of the message, or of the request that it answers."""
        return self.message.method or (self.request.method if self.request else None)
