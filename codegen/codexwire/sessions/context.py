"""Tells whether a message to the model is the user's, or a text that Codex inserted.

`content_item_kinds` says so for each part since 0.150.0. Before that, and for what is called `unknown`,
there are the beginnings of the texts that Codex injects.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from codexwire.sessions.model import UNKNOWN
from codexwire.sessions.values import list_of, object_of

__all__ = ["is_the_users", "origins", "parts_of"]

_USER = "user."

_MARKS: Mapping[str, str] = {
    "<environment_context>": "environments.environment_context",
    "<environments_instructions>": "environments.instructions",
    "# AGENTS.md instructions": "agents_md.instructions",
    "<user_instructions>": "agents_md.instructions",
    "<permissions instructions>": "permissions.instructions",
    "<skills_instructions>": "host_skills.instructions",
    "<skill>": "skills.selected_skill_instructions",
    "<collaboration_mode>": "collaboration_mode.instructions",
    "<model_switch>": "model_switch.instructions",
    "<turn_aborted>": "generic.turn_aborted",
    "<user_shell_command>": "shell.user_command",
    "<user_action>": "review.user_action",
    "<subagent_notification>": "multi_agent.subagent_notification",
    "<codex_internal_context": "goal.internal_context",
    "<hook_prompt": "hooks.prompt",
    "Warning: apply_patch was requested via": "generic.warning",
    "Generated images are saved to": "images.saved",
    "image content omitted because": "images.preparation_error",
    "Another language model started to solve this problem": "compaction.summary",
    "<tools>\n": "tools.deferred_namespaces",
}
"""The beginning of a text → what Codex calls it, as `content_item_kinds` does where it is written."""


def parts_of(payload: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the texts of a message, one a part; an empty one for a part that is a picture."""
    parts = list_of(payload.get("content"))
    texts = (part.get("text") if isinstance(part, Mapping) else part for part in parts)
    return tuple(text if isinstance(text, str) else "" for text in texts)


def origins(payload: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what each part of a message is called, each name once."""
    passed = object_of(payload.get("internal_chat_message_metadata_passthrough"))
    kinds = list_of(passed.get("content_item_kinds"))
    texts = parts_of(payload)
    named = kinds if len(kinds) == len(texts) else [UNKNOWN] * len(texts)
    told = (
        _marked(text) if kind == UNKNOWN else str(kind)
        for kind, text in zip(named, texts, strict=True)
    )
    return tuple(dict.fromkeys(told))


def is_the_users(origin: tuple[str, ...]) -> bool:
    """Whether Codex says that a message is what the user wrote."""
    return any(name.startswith(_USER) for name in origin)


def _marked(text: str) -> str:
    found = (name for mark, name in _MARKS.items() if text.lstrip().startswith(mark))
    return next(found, UNKNOWN)
