"""The legacy vocabulary of rollouts: what users and agents said, and what ended, as events."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from codexwire.sessions.beginnings import begins_turn
from codexwire.sessions.items import neutral
from codexwire.sessions.model import Image, Item, Reasoning, User
from codexwire.sessions.rollout import Handler, Rollout, RolloutLine
from codexwire.sessions.rollout_lines import BOTH
from codexwire.sessions.values import joined, list_of, object_of, picture, text_of

__all__ = ["LEGACY"]


def _user(rollout: Rollout, line: RolloutLine) -> None:
    text = text_of(line.payload, "message")
    before = rollout.users_words(text)
    turn = rollout.reviewing or rollout.draft.current
    last = turn.last_item if turn is not None else None
    if turn is rollout.reviewing and isinstance(last, User) and last.text == text:
        return  # the thread of the review says it again
    if turn is None or not (turn.is_told or turn is rollout.reviewing or _shows(last, text)):
        is_certain = begins_turn(rollout, before, line.written)
        turn = rollout.begin(None, line)
        turn.continues = False if is_certain else None
    rollout.put(turn, User(**rollout.head(line), text=text, pictures=_pictures(line.payload)))


def _shows(last: Item | None, text: str) -> bool:
    """Whether a message is what releases up to 0.99.0 make of an image that the agent looked at."""
    viewed = isinstance(last, Image) and last.action == "view"
    return viewed and (not text or text.startswith("Image located at "))


def _pictures(payload: Mapping[str, Any]) -> tuple[Any, ...]:
    given = [{"url": url} for url in list_of(payload.get("images"))]
    given += [{"path": path} for path in list_of(payload.get("local_images"))]
    return tuple(picture(p) for p in given)


def _agent(rollout: Rollout, line: RolloutLine) -> None:
    rollout.put(rollout.turn(line), neutral("agent_message", line.payload, rollout.head(line)))


def _thought(rollout: Rollout, line: RolloutLine) -> None:
    rollout.thoughts.append((line, text_of(line.payload, "text")))


def _raw_thought(rollout: Rollout, line: RolloutLine) -> None:
    rollout.raw_thoughts.append(text_of(line.payload, "text"))


def _reasoning(rollout: Rollout, line: RolloutLine) -> None:
    """Take in a reasoning response item, which holds the parts that events have told before."""
    raw = joined(line.payload.get("content"), "\n") or "\n".join(rollout.raw_thoughts)
    rollout.thoughts.clear()
    rollout.raw_thoughts.clear()
    item = Reasoning(
        **rollout.head(line, line.payload.get("id")),
        text=joined(line.payload.get("summary"), "\n"),
        raw=raw or None,
    )
    rollout.put(rollout.turn(line), item)


def _ended(kind: str) -> Handler:
    """Return what takes in the event that ends a call: its item, in place of the call's."""

    def handle(rollout: Rollout, line: RolloutLine) -> None:
        item = neutral(kind, line.payload, rollout.head(line, line.payload.get("call_id")))
        rollout.told.add(item.id)
        rollout.put(rollout.turn(line), item)

    return handle


def _agents(tool: str) -> Handler:
    """Return what takes in the event that ends a call about other agents."""

    def handle(rollout: Rollout, line: RolloutLine) -> None:
        line.payload["tool"] = tool
        _ended("collab_tool_call")(rollout, line)

    return handle


def _event(kind: str) -> Handler:
    def handle(rollout: Rollout, line: RolloutLine) -> None:
        rollout.put(rollout.turn(line), neutral(kind, line.payload, rollout.head(line)))

    return handle


def _entered(rollout: Rollout, line: RolloutLine) -> None:
    turn = rollout.draft.current
    turn = turn if turn is not None and turn.is_told else rollout.begin(None, line)
    rollout.put(turn, neutral("entered_review_mode", line.payload, rollout.head(line)))
    rollout.reviewing = turn


def _exited(rollout: Rollout, line: RolloutLine) -> None:
    _event("exited_review_mode")(rollout, line)
    rollout.reviewing = None


def _searched(rollout: Rollout, line: RolloutLine) -> None:
    rollout.searched.append(_action(line))
    _ended("web_search")(rollout, line)


def _search_call(rollout: Rollout, line: RolloutLine) -> None:
    """Take in a search's response item, unless its event has been taken in before."""
    action = _action(line)
    if action in rollout.searched:
        rollout.searched.remove(action)
        return
    told = line.payload.get("action")
    query = text_of(object_of(told), "query", "url")
    head = rollout.head(line, line.payload.get("id"))
    rollout.put(rollout.turn(line), neutral("web_search", {"query": query, "action": told}, head))


def _action(line: RolloutLine) -> str:
    return json.dumps(line.payload.get("action"), sort_keys=True)


def _compacted(rollout: Rollout, line: RolloutLine) -> None:
    """Take in the event of a compaction; a line before it has the details."""
    if rollout.compacted is None:
        _event("context_compaction")(rollout, line)
    rollout.compacted = None


LEGACY: Mapping[str, Handler] = {
    **BOTH,
    "event_msg/user_message": _user,
    "event_msg/agent_message": _agent,
    "event_msg/agent_reasoning": _thought,
    "event_msg/agent_reasoning_raw_content": _raw_thought,
    "event_msg/exec_command_end": _ended("command_execution"),
    "event_msg/patch_apply_end": _ended("file_change"),
    "event_msg/mcp_tool_call_end": _ended("mcp_tool_call"),
    "event_msg/dynamic_tool_call_response": _ended("dynamic_tool_call"),
    "event_msg/view_image_tool_call": _ended("image_view"),
    "event_msg/web_search_end": _searched,
    "event_msg/collab_agent_spawn_end": _agents("spawn_agent"),
    "event_msg/collab_agent_interaction_end": _agents("send_input"),
    "event_msg/collab_waiting_end": _agents("wait"),
    "event_msg/collab_close_end": _agents("close_agent"),
    "event_msg/collab_resume_end": _agents("resume_agent"),
    "event_msg/image_generation_end": _ended("image_generation"),
    "event_msg/entered_review_mode": _entered,
    "event_msg/exited_review_mode": _exited,
    "event_msg/context_compacted": _compacted,
    "response_item/reasoning": _reasoning,
    "response_item/web_search_call": _search_call,
}
