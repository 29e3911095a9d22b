"""How a rollout is recognized, and what it comes to: its thread, its history, its turns.

`history_mode` of the first `session_meta` says in which words the history is written, never the release:
one release writes both. In what was written before 0.100.0 no line begins or ends a turn: there every
message of the user's begins one, and nothing says how it ended. Before 0.145.0 a failed turn ends like a
completed one: that it was completed is sure only where the last that happened in it is the answer which its
end repeats. How a review ended, none of them says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from codexwire.model.lines import Understood
from codexwire.model.members import object_in, text_in
from codexwire.version import Version

__all__ = [
    "EVENT",
    "LEGACY",
    "META",
    "PAGINATED",
    "TYPES",
    "RolloutState",
    "advance",
    "history_base",
    "is_line",
    "payload_of",
    "release",
    "understood",
]

META: Final = "session_meta"
EVENT: Final = "event_msg"
LEGACY: Final = "legacy"
PAGINATED: Final = "paginated"

TYPES: Final = frozenset(
    {
        META,
        EVENT,
        "compacted",
        "dynamic_tools_updated",
        "inter_agent_communication",
        "inter_agent_communication_metadata",
        "realtime_item",
        "response_item",
        "retained_context",
        "security_risk_score",
        "session_state",
        "token_usage_record",
        "turn_context",
        "world_state",
    }
)
"""The types of lines by which a rollout is recognized; it may have others."""

_STARTED, _COMPLETED, _ABORTED = "task_started", "task_complete", "turn_aborted"
_REVIEWS = frozenset({"entered_review_mode", "EnteredReviewMode"})
_CALLS = frozenset({"function_call", "custom_tool_call", "local_shell_call", "web_search_call"})
"""What the model does after it has said something, so that this is not its answer."""


@dataclass(slots=True)
class RolloutState:
    """A rollout as far as it was read.

    `meta` is the payload of its own `session_meta`, the first one; `running` are the turns that have begun
    and not ended, by id, with the line that began each; `ordinal` is that of the last line that has one,
    `first` that of the first. `implied` is the line of the user's message that began a turn without an id.
    `answer` is what the agent said, if it did nothing after that, `reviewed` whether the turn is a review;
    `ended` says how turns ended that did so under another id.
    """

    lines: int = 0
    meta: Mapping[str, Any] | None = None
    metas: int = 0
    first: int | None = None
    ordinal: int | None = None
    running: dict[str, int] = field(default_factory=dict)
    implied: int | None = None
    answer: str = ""
    reviewed: bool = False
    ended: dict[str, str] = field(default_factory=dict)
    turns: Counter[str] = field(default_factory=Counter)

    @property
    def thread(self) -> str:
        """The id of the thread, empty where no line says it."""
        return text_in(self.meta, "id")

    @property
    def history(self) -> str:
        """In which words the history is written; files from before there were two do not say."""
        return text_in(self.meta, "history_mode") or LEGACY

    @property
    def has_turn(self) -> bool:
        """Whether a turn has begun."""
        return bool(self.turns or self.running) or self.implied is not None

    @property
    def has_earlier(self) -> bool:
        """Whether what was before stands in another file."""
        return history_base(self.meta) is not None


def is_line(tags: Mapping[str, str], members: frozenset[str]) -> bool:
    """Whether a line is one of a rollout."""
    return tags.get("type") in TYPES and {"timestamp", "payload"} <= members


def release(line: Mapping[str, Any]) -> Version | None:
    """Return the release that made the file. Others may have written later lines of it."""
    text = text_in(payload_of(line), "cli_version") if line.get("type") == META else ""
    return Version.read(text)


def payload_of(line: Mapping[str, Any]) -> dict[str, Any]:
    """Return the payload of a line, empty where it is no object."""
    return object_in(line, "payload")


def history_base(meta: Mapping[str, Any] | None) -> tuple[str, int] | None:
    """Return the thread whose file the history goes on from, and the ordinal that comes next."""
    base = (meta or {}).get("history_base")
    end = base.get("end_ordinal_exclusive") if isinstance(base, dict) else None
    return (text_in(base, "thread_id"), end) if type(end) is int else None


def advance(state: RolloutState, number: int, line: Mapping[str, Any]) -> None:
    """Take a line in."""
    state.lines += 1
    ordinal = line.get("ordinal")
    if type(ordinal) is int:
        state.first = ordinal if state.first is None else state.first
        state.ordinal = ordinal
    if line.get("type") == META:
        state.metas += 1
        state.meta = payload_of(line) if state.meta is None else state.meta
    elif line.get("type") == EVENT:
        _event(state, number, payload_of(line))
    elif text_in(payload_of(line), "type") in _CALLS:
        state.answer = ""


def _event(state: RolloutState, number: int, payload: Mapping[str, Any]) -> None:
    kind, turn = text_in(payload, "type"), text_in(payload, "turn_id")
    told = payload.get("item") if kind == "item_completed" else payload
    if isinstance(told, dict):
        _said_or_done(state, told)
    if kind == _STARTED:
        _settle_implied(state, "unknown")
        state.running[turn] = number
    elif kind in (_COMPLETED, _ABORTED):
        _ended(state, turn, _status(state, payload))
        state.answer, state.reviewed = "", False
    elif kind == "user_message" and not state.running:
        _settle_implied(state, "unknown")
        state.implied = number


def _said_or_done(state: RolloutState, told: Mapping[str, Any]) -> None:
    """Take in what an event, or the item that it completes, says of how its turn will have ended."""
    kind = text_in(told, "type")
    if kind in ("agent_message", "AgentMessage"):
        content = told.get("content")
        parts = content if isinstance(content, list) else []
        texts = (text_in(part, "text") for part in parts)
        state.answer = text_in(told, "message") or "".join(texts)
    elif kind in _REVIEWS:
        state.reviewed = True
    elif kind == "user_message":
        state.answer = ""


def _ended(state: RolloutState, turn: str, status: str) -> None:
    if state.implied is not None and not state.running:
        _settle_implied(state, status)
    else:
        # A review ends under another id than it began with, and one that is interrupted under both; a
        # fork may begin in its parent's turn.
        begun = turn if turn in state.running else next(iter(state.running), "")
        state.running.pop(begun, None)
        if turn in state.ended:
            state.turns[state.ended.pop(turn)] -= 1
        if begun and begun != turn:
            state.ended[begun] = status
        state.turns[status] += 1


def _settle_implied(state: RolloutState, status: str) -> None:
    if state.implied is not None:
        state.turns[status] += 1
        state.implied = None


def _status(state: RolloutState, payload: Mapping[str, Any]) -> str:
    """Return how a turn ended; `started_at` has come with `error`, and shows that it would be there."""
    if payload.get("type") == _ABORTED:
        return "interrupted"
    if payload.get("error") is not None:
        return "failed"
    answer = text_in(payload, "last_agent_message")
    is_sure = payload.get("started_at") is not None or (answer and answer == state.answer)
    return "completed" if is_sure and not state.reviewed else "unknown"


def understood(state: RolloutState) -> Understood:
    """Return what a file came to; a turn without an end has an unknown status."""
    turns = state.turns + Counter(unknown=len(state.running) + (state.implied is not None))
    thread = state.thread
    return Understood(
        (thread,) if thread else (),
        state.history,
        dict(sorted(turns.items())),
        {
            "base": history_base(state.meta),
            "first": state.first,
            "last": state.ordinal,
            "lines": state.lines,
        },
    )
