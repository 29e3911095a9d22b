"""What lines of rollouts of both vocabularies say: how turns begin and end, usage, calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from codexwire.sessions.calls import CallOutcome, ended, item_of_call, made, outcome, plan_steps
from codexwire.sessions.draft import TurnDraft
from codexwire.sessions.items import neutral
from codexwire.sessions.model import UNKNOWN, Agent, Command, Compaction, Review
from codexwire.sessions.rollout import Handler, OpenCall, Rollout, RolloutLine
from codexwire.sessions.values import object_of, objects_of, of_type, text_of, time_of, usage_of

__all__ = ["BOTH", "IGNORED"]


# The thread


def _meta(rollout: Rollout, line: RolloutLine) -> None:
    rollout.metas.append(line.payload)
    if len(rollout.metas) == 1:
        if isinstance(line.payload.get("history_base"), dict):
            rollout.draft.first_before = None  # what it goes on from has used some
    elif line.payload.get("id") != rollout.metas[0].get("id"):
        return  # a fork's copy of its parent's
    rollout.cwd = of_type(line.payload.get("cwd"), str) or rollout.cwd
    tools = objects_of(line.payload.get("dynamic_tools"))
    rollout.client_tools |= {text_of(tool, "name") for tool in tools} - {""}


def _context(rollout: Rollout, line: RolloutLine) -> None:
    """Take in the context of a request to the model: what follows has not been used before."""
    rollout.asked = rollout.draft.total
    rollout.answered = False
    rollout.cwd = of_type(line.payload.get("cwd"), str) or rollout.cwd


def _named(rollout: Rollout, line: RolloutLine) -> None:
    rollout.name = of_type(line.payload.get("thread_name"), str)


def _usage(rollout: Rollout, line: RolloutLine) -> None:
    info = object_of(line.payload.get("info"))
    total = usage_of(info.get("total_token_usage"))
    if total is not None:
        rollout.answered = rollout.answered or total != rollout.draft.total
        rollout.draft.use(total, usage_of(info.get("last_token_usage")))


def _rolled_back(rollout: Rollout, line: RolloutLine) -> None:
    count = of_type(line.payload.get("num_turns"), int) or 0
    standing = [t for t in rollout.draft.turns if t.has_user and not t.rolled_back]
    for turn in standing[max(0, len(standing) - count) :]:
        turn.rolled_back = True
    if rollout.draft.current is not None:  # while a turn runs, none is taken back
        rollout.draft.end(rollout.draft.current)


# Turns


def _started(rollout: Rollout, line: RolloutLine) -> None:
    turn = rollout.begin(of_type(line.payload.get("turn_id"), str), line)
    turn.is_told = True
    turn.started = time_of(line.payload.get("started_at"), 1)


def _completed(rollout: Rollout, line: RolloutLine) -> None:
    turn, payload = rollout.turn(line), line.payload
    error = payload.get("error")
    if isinstance(error, Mapping):
        turn.error = text_of(error, "message") or None
    failed = isinstance(error, Mapping) or turn.error is not None
    turn.status = "failed" if failed else "completed" if _is_complete(turn, payload) else UNKNOWN
    rollout.reviewing = None
    _ended(rollout, line, turn)


def _is_complete(turn: TurnDraft, payload: Mapping[str, Any]) -> bool:
    """Whether a turn's end, which names no error, means that there was none.

    Writers that record errors (0.145.0 on) record `started_at`, too. Of older ones it is sure where the last
    thing in the turn is the answer that its end repeats. A review's failure is told by neither.
    """
    if any(isinstance(item, Review) for item in turn.items.values()):
        return False
    if payload.get("started_at") is not None:
        return True
    last, answer = turn.last_item, payload.get("last_agent_message")
    return isinstance(last, Agent) and bool(answer) and last.text == answer


def _aborted(rollout: Rollout, line: RolloutLine) -> None:
    turn = rollout.turn(line)
    turn.status = "interrupted"
    rollout.reviewing = None
    _ended(rollout, line, turn)


def _ended(rollout: Rollout, line: RolloutLine, turn: TurnDraft) -> None:
    rollout.settle_words(turn)
    turn.started = turn.started or time_of(line.payload.get("started_at"), 1)
    turn.ended = time_of(line.payload.get("completed_at"), 1)
    turn.duration_ms = of_type(line.payload.get("duration_ms"), int)
    rollout.draft.end(turn)


def _error(rollout: Rollout, line: RolloutLine) -> None:
    rollout.turn(line).error = text_of(line.payload, "message") or None


# Items


_REVIEWS = {"EnteredReviewMode": True, "ExitedReviewMode": False}
"""What begins and ends a review; a review's own turn is told in between, under an id of its own."""


def _item(rollout: Rollout, line: RolloutLine) -> None:
    """Take in `item_completed`, the paginated vocabulary (and plans, of all releases)."""
    payload, wire = line.payload, line.payload.get("item")
    if not isinstance(wire, dict):
        return
    type, turn = text_of(wire, "type"), rollout.turn(line)
    head = rollout.head(line, wire.get("id")) | {
        "started": time_of(payload.get("started_at_ms"), 1000),
        "ended": time_of(payload.get("completed_at_ms"), 1000),
    }
    if type in _REVIEWS:
        rollout.reviewing = turn if _REVIEWS[type] else None
    if type == "ContextCompaction":
        wire = wire | {"summary": _summary(rollout)}
    item = neutral(type, wire, head)
    if type == "UserMessage":
        rollout.users_words(getattr(item, "text", ""))
    rollout.told.add(item.id)
    rollout.put(turn, item)


def _compacted(rollout: Rollout, line: RolloutLine) -> None:
    turn = _compacting(rollout, line)
    summary = of_type(line.payload.get("message"), str)
    item = Compaction(**rollout.head(line), summary=summary)
    rollout.put(turn, item)
    rollout.compacted = (turn, item.id)


def _compacting(rollout: Rollout, line: RolloutLine) -> TurnDraft:
    """Return the turn of a compaction; where no turns are told, one of its own.

    Unless the agent goes on after it, it ran by itself or before the turn that follows. What it used was
    used after the turn before.
    """
    before = rollout.draft.latest
    if before is None or before.is_told:
        return rollout.turn(line)
    before.total = rollout.asked
    turn = rollout.alone = rollout.begin(None, line)
    turn.before, turn.total = rollout.asked, rollout.draft.total
    turn.continues = False if before.is_over else None
    return turn


def _summary(rollout: Rollout) -> str | None:
    """Return the summary of the compaction that was written before its event, which takes its place."""
    if rollout.compacted is None:
        return None
    turn, key = rollout.compacted
    rollout.compacted = None
    return getattr(turn.items.pop(key, None), "summary", None)


def _message(rollout: Rollout, line: RolloutLine) -> None:
    if line.payload.get("role") != "assistant":
        rollout.hear(line)


def _call(rollout: Rollout, line: RolloutLine) -> None:
    call_id = line.payload.get("call_id", line.payload.get("id"))
    call = made(line.payload, rollout.cwd, rollout.client_tools)
    turn, head = rollout.turn(line), rollout.head(line, call_id)
    rollout.calls[head["id"]] = OpenCall(call, turn, head)
    if call.name not in ("update_plan", "write_stdin"):
        rollout.put(turn, item_of_call(call, head, None))


def _output(rollout: Rollout, line: RolloutLine) -> None:
    call_id = line.payload.get("call_id")
    found = rollout.calls.pop(call_id, None) if isinstance(call_id, str) else None
    if found is None:
        return
    got = outcome(line.payload.get("output"))
    if found.made.name == "update_plan":
        found.turn.plan = found.turn.plan if got.refused else plan_steps(found.made)
    elif found.made.name == "write_stdin":
        _went_on(rollout, found, got)
    elif call_id not in rollout.told:
        if got.session:
            rollout.running[got.session] = found.head["id"]
        found.turn.items[found.head["id"]] = item_of_call(found.made, found.head, got)


def _went_on(rollout: Rollout, found: OpenCall, got: CallOutcome) -> None:
    """Add what a running process has put out since to the command that began it."""
    told = object_of(found.made.arguments)
    began = rollout.running.get(str(told.get("session_id")), "")
    for turn in rollout.draft.turns:
        item = turn.items.get(began)
        if isinstance(item, Command) and began not in rollout.told and not got.refused:
            turn.items[began] = _with_more(item, got)


def _with_more(item: Command, got: CallOutcome) -> Command:
    return replace(
        item,
        output=(item.output or "") + got.text,
        exit_code=got.exit_code,
        status=item.status if got.exit_code is None else ended(got),
        output_cut=item.output_cut or got.cut,
    )


def _generated(rollout: Rollout, line: RolloutLine) -> None:
    """Take in an image that was made; its event and its response item have one id."""
    turn = rollout.turn(line)
    item_id = line.payload.get("id", line.payload.get("call_id"))
    if item_id not in turn.items:
        rollout.put(turn, neutral("image_generation", line.payload, rollout.head(line, item_id)))


BOTH: Mapping[str, Handler] = {
    "session_meta": _meta,
    "turn_context": _context,
    "compacted": _compacted,
    "event_msg/task_started": _started,
    "event_msg/turn_started": _started,
    "event_msg/task_complete": _completed,
    "event_msg/turn_complete": _completed,
    "event_msg/turn_aborted": _aborted,
    "event_msg/error": _error,
    "event_msg/token_count": _usage,
    "event_msg/item_completed": _item,
    "event_msg/thread_rolled_back": _rolled_back,
    "event_msg/thread_name_updated": _named,
    "response_item/message": _message,
    "response_item/function_call": _call,
    "response_item/custom_tool_call": _call,
    "response_item/local_shell_call": _call,
    "response_item/function_call_output": _output,
    "response_item/custom_tool_call_output": _output,
    "response_item/image_generation_call": _generated,
}

IGNORED = frozenset(
    {
        "session_state",
        "world_state",
        "token_usage_record",
        "retained_context",
        "security_risk_score",
        "inter_agent_communication",
        "inter_agent_communication_metadata",
        "dynamic_tools_updated",
        "event_msg/thread_goal_updated",
        "event_msg/thread_settings_applied",
        "event_msg/undo_completed",
        "response_item/ghost_snapshot",
        "response_item/compaction",
        "response_item/compaction_summary",
        "response_item/context_compaction",
        "response_item/compaction_trigger",
        "response_item/configuration_update",
        "response_item/additional_tools",
        "response_item/agent_message",
    }
)
"""The types of lines that are known and say nothing that this view has a place for."""
