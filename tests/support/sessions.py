"""The saved sessions that are kept here, and invented ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

SESSIONS = Path(__file__).parents[1] / "data" / "rollouts_view"

Lines = list[dict[str, Any]]


def rollout(path: Path, lines: Lines, *, end: str = "\n") -> Path:
    """Write lines `{"type", "payload"}` as a rollout, one second apart; the text after the last is `end`."""
    stamped = (
        json.dumps({"timestamp": f"2026-01-02T03:04:{at:02}.000Z", **line})
        for at, line in enumerate(lines)
    )
    path.write_text("\n".join(stamped) + end, "utf-8")
    return path


def meta(id: str = "T", **members: Any) -> dict[str, Any]:
    """Return a session_meta line."""
    return {"type": "session_meta", "payload": {"id": id, "cwd": "/p", **members}}


def event(type: str, **members: Any) -> dict[str, Any]:
    """Return an event_msg line."""
    return {"type": "event_msg", "payload": {"type": type, **members}}


def response(type: str, **members: Any) -> dict[str, Any]:
    """Return a response_item line."""
    return {"type": "response_item", "payload": {"type": type, **members}}


def message(role: str, *texts: str, kinds: list[str] | None = None) -> dict[str, Any]:
    """Return a message to or from the model."""
    content = [{"type": "input_text", "text": text} for text in texts]
    passed = {"internal_chat_message_metadata_passthrough": {"content_item_kinds": kinds}}
    return response("message", role=role, content=content, **(passed if kinds else {}))
