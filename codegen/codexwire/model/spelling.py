"""Names in the two spellings that they have: camelCase on the wire, snake_case in Python."""

from __future__ import annotations

from functools import lru_cache

__all__ = ["field_name", "wire_name"]


def wire_name(field: str) -> str:
    """Return the camelCase name that a snake_case field has on the wire unless it says otherwise."""
    first, *rest = field.split("_")
    return first + "".join(part.capitalize() for part in rest)


@lru_cache(1 << 10)
def field_name(wire: str) -> str:
    """Return the snake_case name of a wire name (`threadId` → `thread_id`)."""
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in wire)
