"""What is said in a turn, in the order of the real server, with ids that agree."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from codexwire.proxy.mock import script as s
from codexwire.proxy.mock.approvals import WAITING, Verdict, ask_for_command, ask_for_patch
from codexwire.proxy.mock.performance import Playing
from codexwire.proxy.mock.stage import Stage, TurnEnded
from codexwire.proxy.mock.world import texts

__all__ = ["compaction", "review", "talk"]

Json = dict[str, Any]
_WORD = re.compile(r"\s*\S+\s*")


def talk(stage: Stage) -> Playing:
    """Play the script's turn for the user's message, then for each message that came meanwhile."""
    running = stage.turn.running
    waiting = [stage.turn.input]
    ordinal = len(stage.thread.turns) - 1
    while waiting:
        items = waiting.pop(0)
        _say_user(stage, items)
        text = "\n".join(texts(items))
        for step in stage.session.server.script.steps(text, ordinal):
            yield from _perform(stage, step)
        if running is not None:
            waiting.extend(running.steered)
            running.steered.clear()


def review(stage: Stage) -> Playing:
    """Play a review: it is entered, a message is said, it is left."""
    subject = "\n".join(texts(stage.turn.input))
    _say_item(
        stage, {"type": "enteredReviewMode", "id": stage.item_id("review"), "review": subject}
    )
    for step in stage.session.server.script.steps(subject, len(stage.thread.turns) - 1):
        yield from _perform(stage, step)
    said = "The mock has no complaints."
    _say_item(stage, {"type": "exitedReviewMode", "id": stage.item_id("review"), "review": said})


def compaction(stage: Stage) -> Playing:
    """Play a compaction of the thread."""
    _say_item(stage, {"type": "contextCompaction", "id": stage.item_id("compaction")})
    stage.say("thread/compacted", {})
    yield from ()


def _say_item(stage: Stage, item: Json) -> None:
    stage.start(item)
    stage.complete(item)


def _say_user(stage: Stage, items: list[Any]) -> None:
    content = [_v2_input(item) for item in items]
    item = {"type": "userMessage", "id": stage.session.server.world.new_id(), "content": content}
    event = _event_item("UserMessage", id=item["id"], content=content)
    stage.start(item, event)
    stage.complete(item, event)
    stage.event("user_message", message="\n".join(texts(items)), images=[])


def _v2_input(item: Any) -> Any:
    """Return an input item of v1 (`{"type": …, "data": {…}}`) in the form of v2."""
    if isinstance(item, dict) and isinstance(item.get("data"), dict):
        item = {"type": item.get("type"), **item["data"]}
        item["url"] = item.pop("image_url", None)
    return item


def _event_item(kind: str, **members: Any) -> Json:
    """Return an item as events have it: tagged, and up to 0.63.0 below its kind."""
    return {"type": kind, **members, kind: members}


# Steps

# Each is what one answer of the model comes to; reasoning is part of the next.
_ANSWERS = (s.Message, s.Command, s.Patch, s.Request)


def _perform(stage: Stage, step: s.Step) -> Playing:
    if step.delay:
        yield partial(stage.session.wait, step.delay)
    yield from _STEPS[type(step.act)](stage, step.act)
    if isinstance(step.act, _ANSWERS):
        stage.tell_usage()


def _message(stage: Stage, act: s.Message) -> Playing:
    item = {"type": "agentMessage", "id": stage.item_id("msg"), "text": "", "phase": None}
    stage.start(item, _event_item("AgentMessage", id=item["id"], content=[]))
    for piece in _pieces(act.message, act.chunk):
        stage.event("agent_message_content_delta", item_id=item["id"], delta=piece)
        stage.say("item/agentMessage/delta", {"itemId": item["id"], "delta": piece})
        stage.event("agent_message_delta", delta=piece)
    said = {"type": "Text", "text": act.message, "Text": {"text": act.message}}
    event = _event_item("AgentMessage", id=item["id"], content=[said])
    stage.complete({**item, "text": act.message}, event)
    stage.event("agent_message", message=act.message)
    yield from ()


def _reasoning(stage: Stage, act: s.Reasoning) -> Playing:
    item = {
        "type": "reasoning",
        "id": stage.item_id("rs"),
        "text": "",
        "summary": [],
        "content": [],
    }
    stage.start(item, _event_item("Reasoning", id=item["id"], summary_text=[]))
    at = {"itemId": item["id"], "summaryIndex": 0}
    stage.say("item/reasoning/summaryPartAdded", at)
    for piece in _pieces(act.reasoning, 0):
        stage.say("item/reasoning/summaryTextDelta", {**at, "delta": piece})
        stage.event("agent_reasoning_delta", delta=piece)
    event = _event_item("Reasoning", id=item["id"], summary_text=[act.reasoning])
    stage.complete({**item, "summary": [act.reasoning], "text": act.reasoning}, event)
    stage.event("agent_reasoning", text=act.reasoning)
    yield from ()


def _command(stage: Stage, act: s.Command) -> Playing:
    item = {
        "type": "commandExecution",
        "id": stage.item_id("call"),
        "command": act.command,
        "cwd": stage.thread.cwd,
        "processId": None,
        "source": "agent",
        "status": "inProgress",
        "commandActions": [{"type": "unknown", "command": act.command}],
        "aggregatedOutput": None,
        "aggregated_output": "",  # so called in 0.58.0
        "exitCode": None,
        "durationMs": None,
    }
    about = {
        "call_id": item["id"],
        "command": act.command.split(),
        "cwd": stage.thread.cwd,
        "parsed_cmd": [{"type": "unknown", "cmd": act.command}],
    }
    if act.ask:
        stage.tell_status(WAITING)
    stage.event("exec_command_begin", **about)
    stage.start(item)
    verdict = (yield from ask_for_command(stage, item)) if act.ask else Verdict.ACCEPTED
    if verdict is not Verdict.ACCEPTED:
        stage.complete({**item, "status": verdict.value})
        return
    if act.output:
        stage.say("item/commandExecution/outputDelta", {"itemId": item["id"], "delta": act.output})
    ended: Json = {"stdout": act.output, "stderr": "", "aggregated_output": act.output}
    duration = {"secs": 0, "nanos": 1}
    ended |= {"exit_code": act.exit_code, "duration": duration, "formatted_output": act.output}
    stage.event("exec_command_end", **about, **ended)
    output = {"aggregatedOutput": act.output, "aggregated_output": act.output}
    done = {**output, "exitCode": act.exit_code, "durationMs": 1}
    status = "failed" if act.exit_code else "completed"
    stage.complete({**item, "status": status, **done})


def _patch(stage: Stage, act: s.Patch) -> Playing:
    path = f"{stage.thread.cwd}/{act.patch}"
    tagged: Json = {"type": act.kind} | ({"move_path": None} if act.kind == "update" else {})
    # The kind of a change was a plain word once.
    change = {"path": path, "kind": tagged, "diff": act.diff}
    item = {
        "type": "fileChange",
        "id": stage.item_id("call"),
        "changes": [change],
        "status": "inProgress",
    }
    stage.start(item)
    verdict = (yield from ask_for_patch(stage, item)) if act.ask else Verdict.ACCEPTED
    accepted = verdict is Verdict.ACCEPTED
    stage.complete({**item, "status": "completed" if accepted else verdict.value})
    if accepted:
        stage.say("turn/diff/updated", {"diff": act.diff})


def _request(stage: Stage, act: s.Request) -> Playing:
    ids = {"threadId": stage.thread.id, "turnId": stage.turn.id, "itemId": stage.item_id("call")}
    also = {"conversationId": stage.thread.id, "callId": ids["itemId"]}
    question = stage.session.ask(act.request, {**ids, **also, **act.params})
    stage.question = question
    yield question.answer
    stage.question = None
    stage.say("serverRequest/resolved", {"requestId": question.number})


def _notify(stage: Stage, act: s.Notify) -> Playing:
    stage.say(act.notify, dict(act.params))
    yield from ()


def _failure(stage: Stage, act: s.Failure) -> Playing:
    error = {"message": act.error, "codexErrorInfo": act.info, "additionalDetails": None}
    stage.event("error", message=act.error, codex_error_info=None)
    stage.say("error", {"error": error, "willRetry": act.retry})
    if not act.retry:
        raise TurnEnded("failed", error)
    yield from ()


def _hang(stage: Stage, _: s.Hang) -> Playing:
    yield stage.session.over.wait
    raise TurnEnded("interrupted")


def _wait(stage: Stage, act: s.Wait) -> Playing:
    yield partial(stage.session.wait, act.wait)


_STEPS: Mapping[type, Callable[[Stage, Any], Playing]] = {
    s.Message: _message,
    s.Reasoning: _reasoning,
    s.Command: _command,
    s.Patch: _patch,
    s.Request: _request,
    s.Notify: _notify,
    s.Failure: _failure,
    s.Hang: _hang,
    s.Wait: _wait,
}


def _pieces(text: str, chunk: int) -> list[str]:
    if chunk:
        return [text[i : i + chunk] for i in range(0, len(text), chunk)]
    return _WORD.findall(text) or ([text] if text else [])
