"""Members of what may be a JSON object: one that is missing or of another type than asked for is empty."""

from __future__ import annotations

from typing import Any

__all__ = ["object_in", "text_in"]


def text_in(value: Any, name: str) -> str:
    """Return a member that is a string, else an empty one."""
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, str) else ""


def object_in(value: Any, name: str) -> dict[str, Any]:
    """Return a member that is an object, else an empty one."""
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}
