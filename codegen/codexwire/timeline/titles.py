"""An item of the neutral view in one line of text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from codexwire.sessions.model import (
    Call,
    ChangedFile,
    Command,
    Compaction,
    Context,
    FileChange,
    Image,
    Item,
    Other,
    Review,
    Search,
    SubAgent,
    Tool,
)

__all__ = ["title"]

_LONGEST = 120


def title(item: Item) -> str:
    """Return what an item is about, cut to what fits into a line."""
    text = _TITLES.get(type(item), _text)(item)
    words = " ".join(text[: 4 * _LONGEST].split())
    return words if len(words) <= _LONGEST else words[: _LONGEST - 1] + "…"


def _text(item: Any) -> str:
    return str(item.text)


def _command(item: Command) -> str:
    end = "" if item.exit_code in (None, 0) else f"  (exit code {item.exit_code})"
    return item.command[: _LONGEST - len(end)] + end


def _changed(change: ChangedFile) -> str:
    return f"{change.kind} {change.path}" + (f" → {change.moved_to}" if change.moved_to else "")


def _file_change(item: FileChange) -> str:
    return ", ".join(map(_changed, item.changes))


def _tool(item: Tool) -> str:
    name = f"{item.server}.{item.name}" if item.server else item.name
    return f"{name}: {item.error}" if item.error else name


def _image(item: Image) -> str:
    return f"{item.action} {item.path or item.prompt or ''}"


def _review(item: Review) -> str:
    return f"{item.phase} {item.text}"


def _sub_agent(item: SubAgent) -> str:
    return f"{item.tool} {item.prompt or ', '.join(item.threads)}"


def _context(item: Context) -> str:
    return f"{item.role}: {', '.join(item.origin)}"


def _compaction(item: Compaction) -> str:
    return item.summary or "the history was replaced"


def _search(item: Search) -> str:
    return item.query


def _call(item: Call) -> str:
    return item.name


def _other(item: Other) -> str:
    return item.type


_TITLES: Mapping[type, Callable[[Any], str]] = {
    Command: _command,
    FileChange: _file_change,
    Tool: _tool,
    Search: _search,
    Image: _image,
    Review: _review,
    Compaction: _compaction,
    SubAgent: _sub_agent,
    Context: _context,
    Call: _call,
    Other: _other,
}
"""The types of items that are not told by their `text`."""
