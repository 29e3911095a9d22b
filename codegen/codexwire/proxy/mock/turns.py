"""The messages of a turn, in the order of the real server, with ids that agree."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from codexwire.model.message import Json
from codexwire.proxy.mock import script as s
from codexwire.proxy.mock.approvals import WAITING, Approval, ask_for_command, ask_for_patch
from codexwire.proxy.mock.state import texts
from codexwire.proxy.mock.turn_output import TurnEnded, TurnOutput
from codexwire.proxy.mock.turn_runner import TurnSteps

__all__ = ["compaction", "review", "talk"]

_WORD = re.compile(r"\s*\S+\s*")


def talk(output: TurnOutput) -> TurnSteps:
    """Run the script's steps for the user's message, then for each message that came meanwhile."""
    running = output.turn.running
    waiting = [output.turn.input]
    ordinal = len(output.thread.turns) - 1
    while waiting:
        items = waiting.pop(0)
        _send_user(output, items)
        text = "\n".join(texts(items))
        for step in output.server.script.steps(text, ordinal):
            yield from _run(output, step)
        if running is not None:
            waiting.extend(running.steered)
            running.steered.clear()


def review(output: TurnOutput) -> TurnSteps:
    """Run a review: enter the mode, run the script's steps, leave the mode."""
    subject = "\n".join(texts(output.turn.input))
    _send_item(
        output, {"type": "enteredReviewMode", "id": output.item_id("review"), "review": subject}
    )
    for step in output.server.script.steps(subject, len(output.thread.turns) - 1):
        yield from _run(output, step)
    said = "The mock has no complaints."
    _send_item(output, {"type": "exitedReviewMode", "id": output.item_id("review"), "review": said})


def compaction(output: TurnOutput) -> TurnSteps:
    """Compact the thread."""
    _send_item(output, {"type": "contextCompaction", "id": output.item_id("compaction")})
    output.send("thread/compacted", {})
    yield from ()


def _send_item(output: TurnOutput, item: Json) -> None:
    output.start(item)
    output.complete(item)


def _send_user(output: TurnOutput, items: list[Any]) -> None:
    content = [_v2_input(item) for item in items]
    item = {"type": "userMessage", "id": output.server.state.new_id(), "content": content}
    event = _event_item("UserMessage", id=item["id"], content=content)
    output.start(item, event)
    output.complete(item, event)
    output.event("user_message", message="\n".join(texts(items)), images=[])


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


def _run(output: TurnOutput, step: s.Step) -> TurnSteps:
    if step.delay:
        yield partial(output.client.wait, step.delay)
    yield from _STEPS[type(step)](output, step)
    if isinstance(step, _ANSWERS):
        output.tell_usage()


def _message(output: TurnOutput, step: s.Message) -> TurnSteps:
    item = {"type": "agentMessage", "id": output.item_id("msg"), "text": "", "phase": None}
    output.start(item, _event_item("AgentMessage", id=item["id"], content=[]))
    for piece in _pieces(step.message, step.chunk):
        output.event("agent_message_content_delta", item_id=item["id"], delta=piece)
        output.send("item/agentMessage/delta", {"itemId": item["id"], "delta": piece})
        output.event("agent_message_delta", delta=piece)
    said = {"type": "Text", "text": step.message, "Text": {"text": step.message}}
    event = _event_item("AgentMessage", id=item["id"], content=[said])
    output.complete({**item, "text": step.message}, event)
    output.event("agent_message", message=step.message)
    yield from ()


def _reasoning(output: TurnOutput, step: s.Reasoning) -> TurnSteps:
    item = {
        "type": "reasoning",
        "id": output.item_id("rs"),
        "text": "",
        "summary": [],
        "content": [],
    }
    output.start(item, _event_item("Reasoning", id=item["id"], summary_text=[]))
    at = {"itemId": item["id"], "summaryIndex": 0}
    output.send("item/reasoning/summaryPartAdded", at)
    for piece in _pieces(step.reasoning, 0):
        output.send("item/reasoning/summaryTextDelta", {**at, "delta": piece})
        output.event("agent_reasoning_delta", delta=piece)
    event = _event_item("Reasoning", id=item["id"], summary_text=[step.reasoning])
    output.complete({**item, "summary": [step.reasoning], "text": step.reasoning}, event)
    output.event("agent_reasoning", text=step.reasoning)
    yield from ()


def _command(output: TurnOutput, step: s.Command) -> TurnSteps:
    item = {
        "type": "commandExecution",
        "id": output.item_id("call"),
        "command": step.command,
        "cwd": output.thread.cwd,
        "processId": None,
        "source": "agent",
        "status": "inProgress",
        "commandActions": [{"type": "unknown", "command": step.command}],
        "aggregatedOutput": None,
        "aggregated_output": "",  # so called in 0.58.0
        "exitCode": None,
        "durationMs": None,
    }
    about = {
        "call_id": item["id"],
        "command": step.command.split(),
        "cwd": output.thread.cwd,
        "parsed_cmd": [{"type": "unknown", "cmd": step.command}],
    }
    if step.ask:
        output.tell_status(WAITING)
    output.event("exec_command_begin", **about)
    output.start(item)
    verdict = (yield from ask_for_command(output, item)) if step.ask else Approval.ACCEPTED
    if verdict is not Approval.ACCEPTED:
        output.complete({**item, "status": verdict.value})
        return
    if step.output:
        output.send(
            "item/commandExecution/outputDelta", {"itemId": item["id"], "delta": step.output}
        )
    ended: Json = {"stdout": step.output, "stderr": "", "aggregated_output": step.output}
    duration = {"secs": 0, "nanos": 1}
    ended |= {"exit_code": step.exit_code, "duration": duration, "formatted_output": step.output}
    output.event("exec_command_end", **about, **ended)
    aggregated = {"aggregatedOutput": step.output, "aggregated_output": step.output}
    done = {**aggregated, "exitCode": step.exit_code, "durationMs": 1}
    status = "failed" if step.exit_code else "completed"
    output.complete({**item, "status": status, **done})


def _patch(output: TurnOutput, step: s.Patch) -> TurnSteps:
    path = f"{output.thread.cwd}/{step.patch}"
    tagged: Json = {"type": step.kind} | ({"move_path": None} if step.kind == "update" else {})
    # The kind of a change was a plain word once.
    change = {"path": path, "kind": tagged, "diff": step.diff}
    item = {
        "type": "fileChange",
        "id": output.item_id("call"),
        "changes": [change],
        "status": "inProgress",
    }
    output.start(item)
    verdict = (yield from ask_for_patch(output, item)) if step.ask else Approval.ACCEPTED
    accepted = verdict is Approval.ACCEPTED
    output.complete({**item, "status": "completed" if accepted else verdict.value})
    if accepted:
        output.send("turn/diff/updated", {"diff": step.diff})


def _request(output: TurnOutput, step: s.Request) -> TurnSteps:
    ids = {"threadId": output.thread.id, "turnId": output.turn.id, "itemId": output.item_id("call")}
    also = {"conversationId": output.thread.id, "callId": ids["itemId"]}
    question = output.client.ask(step.request, {**ids, **also, **step.params})
    output.question = question
    yield question.answer
    output.question = None
    output.send("serverRequest/resolved", {"requestId": question.number})


def _notify(output: TurnOutput, step: s.Notify) -> TurnSteps:
    output.send(step.notify, dict(step.params))
    yield from ()


def _failure(output: TurnOutput, step: s.Failure) -> TurnSteps:
    error = {"message": step.error, "codexErrorInfo": step.info, "additionalDetails": None}
    output.event("error", message=step.error, codex_error_info=None)
    output.send("error", {"error": error, "willRetry": step.retry})
    if not step.retry:
        raise TurnEnded("failed", error)
    yield from ()


def _hang(output: TurnOutput, _: s.Hang) -> TurnSteps:
    yield output.client.gone
    raise TurnEnded("interrupted")


def _wait(output: TurnOutput, step: s.Wait) -> TurnSteps:
    yield partial(output.client.wait, step.wait)


_STEPS: Mapping[type, Callable[[TurnOutput, Any], TurnSteps]] = {
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
