"""The neutral view of a thread as Markdown, for people."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from codexwire.sessions.json_text import to_json
from codexwire.sessions.model import (
    UNKNOWN,
    Agent,
    Call,
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
    Thread,
    Tool,
    Turn,
    Usage,
    User,
)

__all__ = ["to_markdown"]

_TICKS = re.compile(r"`+")
_CONTROLS = {
    code: f"\\u{code:04x}" for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\t\n"
}
"""What a terminal would obey, as text that shows it: colours, titles, a cursor that moves."""


def to_markdown(thread: Thread) -> Iterator[str]:
    """Yield a thread as Markdown, piece by piece: what is known of it, then its turns and their items."""
    for number, part in enumerate(_thread(thread)):
        text = ("\n\n" if number else "") + part.replace("\r\n", "\n").translate(_CONTROLS)
        yield text.encode(
            errors="backslashreplace"
        ).decode()  # lone surrogates, which JSON can hold
    yield "\n"


def _thread(thread: Thread) -> Iterator[str]:
    yield f"# Thread {_code(thread.id)}" + (f" {thread.name}" if thread.name else "")
    yield "\n".join(f"- {line}" for line in _facts(thread))
    for turn in thread.turns:
        yield from _turn(turn)


def _facts(thread: Thread) -> Iterator[str]:
    mode = f", {thread.history_mode} history" if thread.history_mode else ""
    yield f"{thread.source}{mode}: {', '.join(map(_code, thread.files))}"
    if thread.parent:
        given = "" if thread.parent.given else ", not given"
        yield f"{thread.parent.relation} of thread {_code(thread.parent.thread_id)}{given}"
    for part in thread.history:
        count = "?" if part.lines is None else part.lines
        where = f"up to {part.end.file}:{part.end.line}" if part.end else "not given"
        yield f"{count} earlier lines in thread {_code(part.thread_id)}, {where}"
    if thread.children:
        yield f"below it: {', '.join(map(_code, thread.children))}"
    for name in ("cwd", "created", "cli_version", "originator"):
        if getattr(thread, name):
            yield f"{name.replace('_', ' ')}: {_code(getattr(thread, name))}"
    yield f"usage: {_usage(thread.usage)}"
    if thread.own_usage != thread.usage:
        yield f"of it, its own: {_usage(thread.own_usage)}"
    yield from (f"note: {note.text} ({note.place.file}:{note.place.line})" for note in thread.notes)
    yield from (f"not in this source: {lost}" for lost in thread.lost)


def _usage(usage: Usage | None) -> str:
    if usage is None:
        return UNKNOWN
    told = ((name, getattr(usage, name)) for name in usage.__struct_fields__)
    return ", ".join(f"{n.replace('_', ' ')} {v}" for n, v in told if v is not None)


def _turn(turn: Turn) -> Iterator[str]:
    marks = {
        "may go on with the turn before": turn.continues is None,
        "copied": turn.copied,
        "rolled back": turn.rolled_back,
    }
    said = [turn.status, *(word for word, is_so in marks.items() if is_so)]
    yield f"## Turn {_code(turn.id)}: {', '.join(said)}"
    facts = [f"{turn.place.file}:{turn.place.line}"]
    facts += [t for t in (turn.started, turn.ended) if t]
    facts += [f"used: {_usage(turn.usage)}"] if turn.usage else []
    yield " · ".join(facts)
    if turn.error:
        yield f"Error:\n\n{_block(turn.error)}"
    for item in turn.items:
        yield from _item(item)
    if turn.plan:
        yield "### Steps"
        yield "\n".join(f"- {step.status}: {step.text}" for step in turn.plan)


def _item(item: Item) -> Iterator[str]:
    title, parts = _KINDS[type(item)](item)
    yield f"### {title} (line {item.place.line})"
    yield from (part for part in parts if part)


_Shown = tuple[str, list[str]]


def _user(item: User) -> _Shown:
    pictures = [f"- picture: {p.path or p.url or p.media_type or ''}" for p in item.pictures]
    return "User", [item.text, "\n".join(pictures)]


def _agent(item: Agent) -> _Shown:
    return "Agent", [item.text]


def _reasoning(item: Reasoning) -> _Shown:
    return "Reasoning", [item.text, item.raw or ""]


def _command(item: Command) -> _Shown:
    end = "exit code unknown" if item.exit_code is None else f"exit code {item.exit_code}"
    cut = ["Its output is cut."] if item.output_cut else []
    return f"Command: {item.status}, {end}", [_block(item.command, "sh"), _block(item.output), *cut]


def _file_change(item: FileChange) -> _Shown:
    parts = []
    for changed in item.changes:
        moved = f" → {_code(changed.moved_to)}" if changed.moved_to else ""
        parts += [f"{changed.kind} {_code(changed.path)}{moved}", _block(changed.diff, "diff")]
    return f"File change: {item.status}", parts


def _tool(item: Tool) -> _Shown:
    name = f"{item.server}/{item.name}" if item.server else item.name
    parts = [_block(_text(item.arguments)), _block(item.output), _block(item.error)]
    return f"Tool {_code(name)}: {item.status}", parts


def _search(item: Search) -> _Shown:
    return "Search", [item.query]


def _image(item: Image) -> _Shown:
    return f"Image: {item.action}", [item.path or "", item.prompt or ""]


def _review(item: Review) -> _Shown:
    return f"Review {item.phase}", [item.text]


def _compaction(item: Compaction) -> _Shown:
    return "Compaction", [item.summary or ""]


def _sub_agent(item: SubAgent) -> _Shown:
    threads = ", ".join(map(_code, item.threads))
    return f"Sub-agent {_code(item.tool)}: {item.status}", [threads, item.prompt or ""]


def _plan(item: Plan) -> _Shown:
    return "Plan", [item.text]


def _context(item: Context) -> _Shown:
    return f"Context for the model: {', '.join(item.origin)}", [f"{len(item.text)} characters"]


def _call(item: Call) -> _Shown:
    return f"Call {_code(item.name)}", [_block(_text(item.arguments)), _block(item.output)]


def _other(item: Other) -> _Shown:
    return f"Item of type {_code(item.type)}", [_block(_text(item.value))]


_KINDS: Mapping[type, Callable[[Any], _Shown]] = {
    User: _user,
    Agent: _agent,
    Reasoning: _reasoning,
    Command: _command,
    FileChange: _file_change,
    Tool: _tool,
    Search: _search,
    Image: _image,
    Review: _review,
    Compaction: _compaction,
    SubAgent: _sub_agent,
    Plan: _plan,
    Context: _context,
    Call: _call,
    Other: _other,
}


def _text(value: Any) -> str | None:
    """Return the arguments of a call as JSON."""
    if value is None or isinstance(value, str):
        return value
    return to_json(value)


def _code(text: str) -> str:
    fence = _fence(text, 1)
    pad = " " if "`" in text else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def _block(text: str | None, language: str = "") -> str:
    if not text:
        return ""
    fence = _fence(text, 3)
    return f"{fence}{language}\n{text.rstrip(chr(10))}\n{fence}"


def _fence(text: str, least: int) -> str:
    """Return more backticks than stand together in a text."""
    return "`" * max([least, *(len(found) + 1 for found in _TICKS.findall(text))])
