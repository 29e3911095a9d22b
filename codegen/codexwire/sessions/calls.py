"""Calls of the model and their outputs: what a rollout knows of items that it has no event for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from codexwire.model.message import LineError, parse
from codexwire.sessions.items import Head
from codexwire.sessions.model import (
    UNKNOWN,
    Call,
    Command,
    FileChange,
    Image,
    Item,
    Step,
    SubAgent,
    Tool,
)
from codexwire.sessions.patch import BEGIN, patched_files
from codexwire.sessions.values import (
    command_line,
    joined,
    list_of,
    local_path,
    object_of,
    objects_of,
    of_type,
    status,
    text_of,
)

__all__ = ["CallOutcome", "Made", "ended", "item_of_call", "made", "outcome", "plan_steps"]


class Made(NamedTuple):
    """A call: the name of the tool, its server, the arguments as JSON or text, and where it ran."""

    name: str
    namespace: str
    arguments: Any
    cwd: str | None
    client_tools: frozenset[str]


class CallOutcome(NamedTuple):
    """What an output says: its text, an exit code, the session of a process that still runs."""

    text: str
    exit_code: int | None = None
    session: str | None = None
    stopped: bool = False  # before the call was carried out, or there is no such tool
    refused: bool = False  # the call was not carried out, if the tool is one of Codex
    rejected: bool = False  # it was asked for, and somebody or something said no
    cut: bool = False


def made(payload: Mapping[str, Any], cwd: str | None, client_tools: frozenset[str]) -> Made:
    """Return the call of a `function_call`, `custom_tool_call` or `local_shell_call`."""
    action = payload.get("action")
    given = payload.get("arguments", payload.get("input", action))
    name = text_of(payload, "name") or ("shell" if isinstance(action, Mapping) else "")
    return Made(name, text_of(payload, "namespace"), _as_json(given), cwd, client_tools)


def _as_json(given: Any) -> Any:
    if not isinstance(given, str):
        return given
    try:
        return parse(given.encode(errors="replace"))
    except LineError:
        return given


# Outputs

_EXITED = re.compile(r"^(?:Process exited with code|Exit code:) (-?\d+)$", re.M)
_RUNNING = re.compile(r"^Process running with session ID (\S+)$", re.M)
_OUTPUT = re.compile(r"(?:^|\n)Output:\n")
_CUT = re.compile(r"…\d+ (?:tokens|chars) truncated…|\[\.\.\. omitted \d+ of \d+ lines \.\.\.\]")
_STOPPED = re.compile(
    r"unsupported (?:custom tool )?call|(?:Wall time: .*\n)?aborted(?: by user.*)?\s*$"
)
_REFUSED = re.compile(
    r"\S+ failed: |\S+ failed for |.*verification failed|failed to parse|unable to |"
    r"image path .* is not a file|.*is not allowed in "
)
_REJECTED = re.compile(r"Rejected\(|rejected by user|user rejected")


def outcome(output: Any) -> CallOutcome:
    """Return what the output of a call says: a text, parts of one, or JSON with `output` and `metadata`."""
    text = joined(output, "\n")
    told = _as_json(text) if text.startswith('{"output":') else None
    if isinstance(told, dict):
        meta = object_of(told.get("metadata"))
        return CallOutcome(text_of(told, "output"), of_type(meta.get("exit_code"), int))
    head, found, body = _parted(text)
    exited, running = _EXITED.search(head), _RUNNING.search(head)
    rejected = _REJECTED.search(text) is not None and not exited
    stopped = not found and _STOPPED.match(text) is not None
    return CallOutcome(
        body if found else text,
        int(exited[1]) if exited else None,
        running[1] if running else None,
        stopped,
        stopped or (not rejected and not found and _REFUSED.match(text) is not None),
        rejected,
        _CUT.search(text) is not None,
    )


def _parted(text: str) -> tuple[str, bool, str]:
    """Return what stands before the output, whether there is such a thing, and the output."""
    found = _OUTPUT.search(text)
    if found is None:
        return text, False, ""
    return text[: found.start()], True, text[found.end() :]


# Items

_FOLDERS = ("workdir", "working_directory", "cwd")


def item_of_call(call: Made, head: Head, got: CallOutcome | None) -> Item:
    """Return the item of a call, as far as the call and its output tell it."""
    if got is not None and got.stopped:
        return _unknown(call, head, got)
    server, tool = _mcp(call)
    if server or call.name in call.client_tools:
        name, output = tool or call.name, None if got is None else got.text
        return Tool(
            **head, server=server or None, name=name, arguments=call.arguments, output=output
        )
    if got is not None and got.refused:
        return _unknown(call, head, got)
    return _CALLS.get(call.name, _unknown)(call, head, got)


def _mcp(call: Made) -> tuple[str, str]:
    """Return server and tool of `mcp__server__tool`, or of a namespace `mcp__server` and a name."""
    whole = f"{call.namespace.rstrip('_')}__{call.name}" if call.namespace else call.name
    prefix, _, rest = whole.partition("__")
    server, between, tool = rest.partition("__")
    return (server, tool) if prefix == "mcp" and between else ("", "")


def _unknown(call: Made, head: Head, got: CallOutcome | None) -> Item:
    output = None if got is None else got.text
    return Call(**head, name=call.name, arguments=call.arguments, output=output)


def _command(call: Made, head: Head, got: CallOutcome | None) -> Item:
    told = call.arguments if isinstance(call.arguments, dict) else {"cmd": call.arguments}
    given = told.get("cmd", told.get("command"))
    line, shell = (given, None) if isinstance(given, str) else command_line(given)
    cwd = next((told[name] for name in _FOLDERS if told.get(name)), call.cwd)
    if got is not None and line.startswith("apply_patch") and BEGIN in line:
        return _patched(line, call, head, got)
    return Command(
        **head,
        command=line,
        shell=shell,
        cwd=local_path(cwd),
        status=ended(got),
        exit_code=None if got is None else got.exit_code,
        output=None if got is None or got.rejected else got.text,
        output_cut=got is not None and got.cut,
    )


def ended(got: CallOutcome | None) -> str:
    """Return the status of a command by its exit code."""
    if got is None or got.exit_code is None:
        return UNKNOWN
    return "failed" if got.exit_code else "completed"


def _patch(call: Made, head: Head, got: CallOutcome | None) -> Item:
    told = call.arguments
    return _patched(
        text_of(told, "input") if isinstance(told, dict) else str(told), call, head, got
    )


def _patched(patch: str, call: Made, head: Head, got: CallOutcome | None) -> Item:
    return FileChange(**head, changes=patched_files(patch, call.cwd), status=ended(got))


def _view(call: Made, head: Head, got: CallOutcome | None) -> Item:  # noqa: ARG001 - as its table asks
    told = object_of(call.arguments)
    return Image(**head, action="view", path=local_path(told.get("path")))


def _agents(call: Made, head: Head, got: CallOutcome | None) -> Item:
    told = object_of(call.arguments)
    spawned = object_of(_as_json(got.text) if got is not None else None).get("agent_id")
    named = [
        spawned,
        told.get("target"),
        told.get("id"),
        *list_of(told.get("targets")),
        *list_of(told.get("ids")),
    ]
    return SubAgent(
        **head,
        tool={"wait_agent": "wait"}.get(call.name, call.name),
        threads=tuple(dict.fromkeys(n for n in named if isinstance(n, str))),
        prompt=text_of(told, "message") or None,
    )


_CALLS: Mapping[str, Callable[[Made, Head, CallOutcome | None], Item]] = {
    "exec_command": _command,
    "shell": _command,
    "shell_command": _command,
    "apply_patch": _patch,
    "view_image": _view,
    "spawn_agent": _agents,
    "wait": _agents,
    "wait_agent": _agents,
    "send_input": _agents,
    "resume_agent": _agents,
    "close_agent": _agents,
}


def plan_steps(call: Made) -> tuple[Step, ...]:
    """Return the steps that a call of `update_plan` tells."""
    steps = objects_of(object_of(call.arguments).get("plan"))
    return tuple(Step(text_of(s, "step"), status(s.get("status"))) for s in steps)
