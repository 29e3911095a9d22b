"""Items of every vocabulary to the neutral view: one function for each type.

The wire's `commandExecution`, a paginated rollout's `CommandExecution`, the exec stream's `command_execution`
and a legacy rollout's `exec_command_end` have the same members under names that differ in case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from codexwire.sessions.model import (
    UNKNOWN,
    Agent,
    ChangedFile,
    Command,
    Compaction,
    Context,
    FileChange,
    Image,
    Item,
    Other,
    Plan,
    Reasoning,
    Review,
    Search,
    SubAgent,
    Tool,
    User,
)
from codexwire.sessions.values import (
    command_line,
    joined,
    list_of,
    local_path,
    object_of,
    objects_of,
    of_type,
    picture,
    snake,
    status,
    text_of,
)

__all__ = ["Fields", "Head", "changed_files", "neutral"]

Fields: TypeAlias = Mapping[str, Any]
Head: TypeAlias = Mapping[str, Any]
"""The members that all items have: id, place, times."""


def neutral(type: str, wire: Fields, head: Head) -> Item:
    """Return an item of a type in any spelling; `Other` where the type is not known."""
    make = _KINDS.get(snake(type)) or _KINDS.get(_EXTENSIONS.get(str(wire.get("kind")), ""))
    if make is None:
        return Other(**head, type=type, value=dict(wire))
    return make({snake(name): value for name, value in wire.items()}, head)


def _user(fields: Fields, head: Head) -> Item:
    parts = objects_of(fields.get("content"))
    pictures = tuple(picture(p) for p in parts if "image" in snake(str(p.get("type"))))
    return User(**head, text=joined(parts, ""), pictures=pictures)


def _agent(fields: Fields, head: Head) -> Item:
    text = text_of(fields, "text", "message") or joined(fields.get("content"), "")
    return Agent(**head, text=text, phase=of_type(fields.get("phase"), str))


def _reasoning(fields: Fields, head: Head) -> Item:
    summary = fields.get("summary", fields.get("summary_text", fields.get("text")))
    raw = fields.get("content", fields.get("raw_content"))
    text = joined(summary, "\n")
    return Reasoning(**head, text=text, raw=None if raw is None else joined(raw, "\n"))


def _command(fields: Fields, head: Head) -> Item:
    line, shell = command_line(fields.get("command"))
    return Command(
        **head,
        command=line,
        shell=shell,
        cwd=local_path(fields.get("cwd")),
        status=status(fields.get("status")),
        exit_code=of_type(fields.get("exit_code"), int),
        output=of_type(fields.get("aggregated_output"), str),
    )


def _file_change(fields: Fields, head: Head) -> Item:
    files = changed_files(fields.get("changes"))
    return FileChange(**head, changes=files, status=status(fields.get("status")))


def changed_files(changes: Any) -> tuple[ChangedFile, ...]:
    """Return the changed files of a list `[{"path", "kind", "diff"}]` or a map from path to change."""
    if isinstance(changes, Mapping):
        return tuple(_changed(path, change) for path, change in changes.items())
    return tuple(_changed(text_of(change, "path"), change) for change in objects_of(changes))


def _changed(path: str, change: Any) -> ChangedFile:
    """Return one: `{"kind": {"type", "move_path"}, "diff"}`, `{"kind": "add"}`, `{"type": "add", …}`."""
    told = object_of(change)
    kind = told.get("kind", told)
    words = kind if isinstance(kind, Mapping) else {"type": kind}
    diff = next(
        (d for n in ("diff", "unified_diff", "content") if (d := told.get(n)) is not None), None
    )
    return ChangedFile(
        path,
        text_of(words, "type") or UNKNOWN,
        text_of(words, "move_path", "movePath") or None,
        of_type(diff, str),
    )


def _mcp_tool(fields: Fields, head: Head) -> Item:
    invocation = fields.get("invocation")
    call = invocation if isinstance(invocation, Mapping) else fields
    result, error = _outcome(fields)
    said = status(fields.get("status"))
    return Tool(
        **head,
        server=of_type(call.get("server"), str),
        name=text_of(call, "tool"),
        arguments=call.get("arguments"),
        status="failed" if said == UNKNOWN and error is not None else said,
        output=result,
        error=error,
    )


def _outcome(fields: Fields) -> tuple[str | None, str | None]:
    """Return the text of a result, and that of an error; legacy events write `{"Ok": …}` or `{"Err": …}`."""
    result: Any = fields.get("result")
    error: Any = fields.get("error")
    if isinstance(result, Mapping) and result.keys() <= {"Ok", "Err"}:
        result, error = result.get("Ok"), result.get("Err")
    output = joined(result.get("content"), "\n") if isinstance(result, Mapping) else None
    if isinstance(error, Mapping):
        error = error.get("message")
    return output, of_type(error, str)


def _client_tool(fields: Fields, head: Head) -> Item:
    content = fields.get("content_items")
    return Tool(
        **head,
        name=text_of(fields, "tool"),
        arguments=fields.get("arguments"),
        status=status(fields.get("status")),
        output=None if content is None else joined(content, "\n"),
        error=of_type(fields.get("error"), str),
    )


def _search(fields: Fields, head: Head) -> Item:
    action = fields.get("action")
    return Search(**head, query=text_of(fields, "query"), action=action)


def _view(fields: Fields, head: Head) -> Item:
    return Image(**head, action="view", path=local_path(fields.get("path")))


def _generation(fields: Fields, head: Head) -> Item:
    return Image(
        **head,
        action="generate",
        path=local_path(fields.get("saved_path")),
        prompt=text_of(fields, "revised_prompt") or None,
        status=status(fields.get("status")),
    )


def _entered(fields: Fields, head: Head) -> Item:
    return Review(**head, phase="entered", text=text_of(fields, "review", "user_facing_hint"))


def _exited(fields: Fields, head: Head) -> Item:
    output = object_of(fields.get("review_output"))
    text = text_of(fields, "review") or text_of(output, "overall_explanation")
    return Review(**head, phase="exited", text=text)


def _compaction(fields: Fields, head: Head) -> Item:
    return Compaction(**head, summary=of_type(fields.get("summary"), str))


def _sub_agent(fields: Fields, head: Head) -> Item:
    return SubAgent(
        **head,
        tool=snake(text_of(fields, "tool")),
        threads=tuple(_threads(fields)),
        prompt=of_type(fields.get("prompt"), str),
        status=status(fields.get("status")),
    )


def _activity(fields: Fields, head: Head) -> Item:
    threads = (thread,) if (thread := text_of(fields, "agent_thread_id")) else ()
    return SubAgent(**head, tool=text_of(fields, "kind"), threads=threads)


def _hook_prompt(fields: Fields, head: Head) -> Item:
    text = joined(fields.get("fragments"), "\n")
    return Context(**head, role="user", origin=("hooks.prompt",), text=text)


def _threads(fields: Fields) -> Iterator[str]:
    one = fields.get("new_thread_id", fields.get("receiver_thread_id"))
    for found in (*list_of(fields.get("receiver_thread_ids")), one):
        if isinstance(found, str):
            yield found


def _plan(fields: Fields, head: Head) -> Item:
    return Plan(**head, text=text_of(fields, "text"))


_KINDS: Mapping[str, Callable[[Fields, Head], Item]] = {
    "user_message": _user,
    "agent_message": _agent,
    "reasoning": _reasoning,
    "command_execution": _command,
    "file_change": _file_change,
    "mcp_tool_call": _mcp_tool,
    "dynamic_tool_call": _client_tool,
    "web_search": _search,
    "image_view": _view,
    "image_generation": _generation,
    "entered_review_mode": _entered,
    "exited_review_mode": _exited,
    "context_compaction": _compaction,
    "collab_agent_tool_call": _sub_agent,
    "collab_tool_call": _sub_agent,
    "sub_agent_activity": _activity,
    "hook_prompt": _hook_prompt,
    "plan": _plan,
}

_EXTENSIONS = {"web.search": "web_search", "image_gen.generation": "image_generation"}
"""What an extension calls its items (`{"type": "Extension", "kind": …}`) → the type that they are like."""
