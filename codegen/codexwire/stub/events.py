"""Script outputs become Responses API items, and items the events of a stream."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from codexwire.model.message import Json
from codexwire.stub.script import Call, Item, Message, Output, Patch, Reasoning, Shell

__all__ = ["Tools", "build_item", "offered_tools", "stream_events"]

Tools = Mapping[str, str]
"""Name of an offered tool → its type (`function`, `custom`, `namespace`, …)."""

_WORD = re.compile(r"\s*\S+\s*")
_HEREDOC = "apply_patch <<'EOF'\n{}\nEOF\n"


def offered_tools(request: Mapping[str, Any]) -> Tools:
    """Return the tools that a model request offers."""
    tools = request.get("tools") or ()
    return {str(t.get("name") or t.get("type")): str(t.get("type")) for t in tools}


def build_item(output: Output, tools: Tools, key: str, outputs: str = "") -> Json:
    """Return the item for `output`; `key` makes its ids unique and keeps them in order.

    `outputs` is the text of the tool outputs so far, out of which calls take arguments.
    """
    match output:
        case Message(text):
            content = [{"type": "output_text", "text": text}]
            return {"type": "message", "role": "assistant", "id": f"msg_{key}", "content": content}
        case Reasoning(text, raw):
            return _reasoning(text, raw, key)
        case Shell():
            return _shell(output, tools, key)
        case Patch(text):
            return _patch(text, tools, key)
        case Call():
            return _call(output, tools, key, outputs)
        case Item(item):
            return dict(item)


def _reasoning(text: str, raw: bool, key: str) -> Json:
    item: Json = {
        "type": "reasoning",
        "id": f"rs_{key}",
        "summary": [{"type": "summary_text", "text": text}],
        "encrypted_content": "c3R1Yg==",
    }
    if raw:
        item["content"] = [{"type": "reasoning_text", "text": text}]
    return item


def _call(output: Call, tools: Tools, key: str, outputs: str) -> Json:
    """Return a function call; a namespace that is not offered is part of the name, or left out."""
    found = {name: pattern.search(outputs) for name, pattern in output.take.items()}
    taken = {f"${name}": _number(match[1]) for name, match in found.items() if match}
    arguments = {name: _taken(value, taken) for name, value in output.arguments.items()}
    space = output.namespace
    if space is None or space in tools:
        return _function(output.call, arguments, key, space)
    flat = f"{space}__{output.call}"
    return _function(flat if flat in tools else output.call, arguments, key)


def _taken(value: Any, taken: Mapping[str, Any]) -> Any:
    if isinstance(value, list):
        return [_taken(each, taken) for each in value]
    return taken.get(value, value) if isinstance(value, str) else value


def _number(text: str) -> int | str:
    return int(text) if text.isdecimal() else text


def _function(name: str, arguments: Json, key: str, namespace: str | None = None) -> Json:
    item = {
        "type": "function_call",
        "id": f"fc_{key}",
        "call_id": f"call_{key}",
        "name": name,
        "arguments": json.dumps(arguments),
    }
    return item if namespace is None else {**item, "namespace": namespace}


# How each shell tool, newest first, takes a command line, and what asks to leave its sandbox.
_SHELLS: tuple[tuple[str, str, bool, Json], ...] = (
    ("exec_command", "cmd", False, {"sandbox_permissions": "require_escalated"}),
    (
        "shell_command",
        "command",
        False,
        {"sandbox_permissions": "require_escalated", "with_escalated_permissions": True},
    ),
    (
        "shell",
        "command",
        True,
        {"sandbox_permissions": "require_escalated", "with_escalated_permissions": True},
    ),
)


def _shell(output: Shell, tools: Tools, key: str) -> Json:
    if "local_shell" in tools:
        action = {"type": "exec", "command": ["bash", "-lc", output.shell]}
        return {
            "type": "local_shell_call",
            "id": f"lsh_{key}",
            "call_id": f"call_{key}",
            "status": "completed",
            "action": action,
        }
    name, parameter, argv, escalation = next((s for s in _SHELLS if s[0] in tools), _SHELLS[-1])
    arguments: Json = {parameter: ["bash", "-lc", output.shell] if argv else output.shell}
    if output.escalate:
        arguments |= {**escalation, "justification": "the script asks for it"}
    return _function(name, {**arguments, **output.options}, key)


def _patch(text: str, tools: Tools, key: str) -> Json:
    match tools.get("apply_patch"):
        case "custom":
            return {
                "type": "custom_tool_call",
                "id": f"ctc_{key}",
                "call_id": f"call_{key}",
                "name": "apply_patch",
                "input": text,
                "status": "completed",
            }
        case None:
            return _shell(Shell(_HEREDOC.format(text)), tools, key)
        case _:
            return _function("apply_patch", {"input": text}, key)


def stream_events(item: Json, index: int, chunk: int | None) -> Iterator[Json]:
    """Yield the events that stream one item: added, its deltas, done."""
    at = {"item_id": item.get("id"), "output_index": index}
    blank, deltas = _opening(item, at, chunk)
    yield {"type": "response.output_item.added", "output_index": index, "item": {**item, **blank}}
    yield from deltas
    yield {"type": "response.output_item.done", "output_index": index, "item": item}


def _opening(item: Json, at: Json, chunk: int | None) -> tuple[Json, Iterator[Json]]:
    """Return what is still empty in a just added item, and the deltas that fill it."""
    match item["type"]:
        case "message":
            return {"content": []}, _message_deltas(item, at, chunk)
        case "reasoning":
            return {"summary": [], "content": []}, _reasoning_deltas(item, at, chunk)
        case "custom_tool_call":
            return {"input": "", "status": "in_progress"}, _input_deltas(item, at, chunk)
        case _:
            return {}, iter(())


def _pieces(text: str, chunk: int | None) -> list[str]:
    if chunk is None:
        return _WORD.findall(text) or ([text] if text else [])
    return [text[i : i + chunk] for i in range(0, len(text), max(chunk, 1))]


def _message_deltas(item: Json, at: Json, chunk: int | None) -> Iterator[Json]:
    for piece in _pieces(item["content"][0]["text"], chunk):
        yield {"type": "response.output_text.delta", **at, "content_index": 0, "delta": piece}


def _reasoning_deltas(item: Json, at: Json, chunk: int | None) -> Iterator[Json]:
    for number, part in enumerate(item["summary"]):
        where = {**at, "summary_index": number}
        empty = {"type": "summary_text", "text": ""}
        yield {"type": "response.reasoning_summary_part.added", **where, "part": empty}
        for piece in _pieces(part["text"], chunk):
            yield {"type": "response.reasoning_summary_text.delta", **where, "delta": piece}
        yield {"type": "response.reasoning_summary_text.done", **where, "text": part["text"]}
    for number, part in enumerate(item.get("content", ())):
        for piece in _pieces(part["text"], chunk):
            yield {
                "type": "response.reasoning_text.delta",
                **at,
                "content_index": number,
                "delta": piece,
            }


def _input_deltas(item: Json, at: Json, chunk: int | None) -> Iterator[Json]:
    for piece in _pieces(item["input"], chunk or 24):
        yield {
            "type": "response.custom_tool_call_input.delta",
            **at,
            "call_id": item["call_id"],
            "delta": piece,
        }
