"""Approvals: what the server asks before a command or a patch, in v2 and in v1, and what the answer means."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator
from enum import StrEnum
from typing import Any, TypeAlias

from codexwire.model.message import Json
from codexwire.proxy.mock.turn_output import TurnEnded, TurnOutput

__all__ = ["WAITING", "Approval", "ask_for_command", "ask_for_patch"]

Asking: TypeAlias = "Generator[Callable[[], Awaitable[Any]], Any, Approval]"


WAITING = "waitingOnApproval"
"""What a thread is flagged with while it waits for an answer."""


class Approval(StrEnum):
    """What the client decided; the value is the status of the item when it was not accepted."""

    ACCEPTED = "completed"
    DECLINED = "declined"
    FAILED = "failed"


_ACCEPTS = frozenset({"accept", "acceptForSession", "approved", "approved_for_session"})
_CANCELS = frozenset({"cancel", "abort"})


def ask_for_command(output: TurnOutput, item: Json) -> Asking:
    """Ask whether a command may run."""
    v1 = {
        "command": item["command"].split(),
        "parsedCmd": [{"type": "unknown", "cmd": item["command"]}],
    }
    v2 = {"command": item["command"], "commandActions": item["commandActions"]}
    offered = {"availableDecisions": ["accept", "decline", "cancel"], "kind": "command"}
    params = {"cwd": item["cwd"], "reason": "the script asks", "environmentId": None, **offered}
    methods = ("item/commandExecution/requestApproval", "execCommandApproval")
    return (yield from _ask(output, item, methods, ({**params, **v2}, {**params, **v1})))


def ask_for_patch(output: TurnOutput, item: Json) -> Asking:
    """Ask whether a patch may be applied."""
    changes = {
        change["path"]: {
            "type": "add",
            "content": change["diff"],
            "add": {"content": change["diff"]},
        }
        for change in item["changes"]
    }
    output.tell_status(WAITING)
    v2 = {"reason": None, "grantRoot": None}
    v1 = {**v2, "fileChanges": changes}
    methods = ("item/fileChange/requestApproval", "applyPatchApproval")
    return (yield from _ask(output, item, methods, (v2, v1)))


def _ask(
    output: TurnOutput, item: Json, methods: tuple[str, str], params: tuple[Json, Json]
) -> Asking:
    """Ask as v2, or as v1 in a conversation, and return the verdict; TurnEnded for a cancel."""
    legacy = output.thread.legacy or not output.has_request(methods[0])
    ids = {
        "threadId": output.thread.id,
        "turnId": output.turn.id,
        "itemId": item["id"],
        "conversationId": output.thread.id,
        "callId": item["id"],
        "startedAtMs": output.server.state.now(),
    }
    question = output.client.ask(methods[legacy], {**ids, **params[legacy]})
    output.question = question
    answer = yield question.answer
    output.question = None
    output.send("serverRequest/resolved", {"requestId": question.number})
    output.tell_status()
    return _verdict(answer)


def _verdict(answer: Json) -> Approval:
    if "error" in answer:
        return Approval.FAILED
    result = answer.get("result")
    decision = result.get("decision") if isinstance(result, dict) else None
    if isinstance(decision, dict):  # {"acceptWithExecpolicyAmendment": {…}}
        decision = "accept" if any(k.startswith("accept") for k in decision) else "decline"
    if decision is None or decision in _CANCELS:
        raise TurnEnded("interrupted")
    return Approval.ACCEPTED if decision in _ACCEPTS else Approval.DECLINED
