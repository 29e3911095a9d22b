"""What can be left out of a rollout before it is given away: much about a machine, little about a bug."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from codexwire.location import JsonPath
from codexwire.model.lines import Strip
from codexwire.profiles.rollout.lines import payload_of

__all__ = ["STRIPS"]

_PASSED = "internal_chat_message_metadata_passthrough"
_ENVIRONMENT = frozenset({"git", "workspace_roots", "runtime_workspace_roots"})
# How texts of the user's begin that the harness puts in; from 0.150.0 on, their kinds stand beside them.
_INSTRUCTING = ("# AGENTS.md", "<user_instructions>")
_ABOUT = ("<environment_context>",)


def instructions(line: Mapping[str, Any]) -> Iterator[JsonPath]:
    """Yield the instructions of codex, of the developer and of AGENTS.md, those of skills included."""
    for at, part in _members(line, (), lambda name: name.endswith("instructions")):
        # Beside the text of those of codex stands where it comes from.
        yield (*at, "text") if isinstance(part, dict) and "text" in part else at
    for at, text, kind, role in _texts(line, ()):
        if kind.endswith("instructions") or (
            not kind and (text.startswith(_INSTRUCTING) or role == "developer")
        ):
            yield at


def environment(line: Mapping[str, Any]) -> Iterator[JsonPath]:
    """Yield what describes the machine: the environment of a turn, the repository, the world's state."""
    yield from (at for at, _ in _members(line, (), _ENVIRONMENT.__contains__))
    if line.get("type") == "world_state" and "state" in payload_of(line):
        yield "payload", "state"
    for at, text, kind, _ in _texts(line, ()):
        if kind.endswith("environment_context") or (not kind and text.startswith(_ABOUT)):
            yield at


def images(line: Mapping[str, Any]) -> Iterator[JsonPath]:
    """Yield images: `data:` URLs, and what an image generation gave."""
    yield from _strings(line, (), lambda name, text: name == "images" or _is_data(text))
    payload = payload_of(line)
    if str(payload.get("type", "")).startswith("image_generation") and "result" in payload:
        yield "payload", "result"


def _is_data(text: str) -> bool:
    return text.startswith("data:") and ";base64," in text[:100]


def reasoning(line: Mapping[str, Any]) -> Iterator[JsonPath]:
    """Yield encrypted reasoning, which only the provider can read."""
    yield from _strings(line, (), lambda name, _: name == "encrypted_content")


def _members(
    value: Any, at: JsonPath, is_one: Callable[[str], bool]
) -> Iterator[tuple[JsonPath, Any]]:
    """Yield members by their names, at any depth: their places and values, and nothing inside of them."""
    inner: Any = value.items() if isinstance(value, dict) else ()
    for key, part in enumerate(value) if isinstance(value, list) else inner:
        if isinstance(key, str) and is_one(key):
            yield (*at, key), part
        else:
            yield from _members(part, (*at, key), is_one)


def _texts(value: Any, at: JsonPath) -> Iterator[tuple[JsonPath, str, str, str]]:
    """Yield the texts of messages, those of a compacted history too: place, text, kind, role."""
    if isinstance(value, dict) and value.get("type") == "message":
        content, passed = value.get("content"), value.get(_PASSED)
        kinds = passed.get("content_item_kinds") if isinstance(passed, dict) else None
        for index, item in enumerate(content if isinstance(content, list) else ()):
            text = item.get("text") if isinstance(item, dict) else None
            known = isinstance(kinds, list) and index < len(kinds)
            kind = str(kinds[index]) if known and kinds is not None else ""
            if isinstance(text, str):
                yield (*at, "content", index, "text"), text, kind, str(value.get("role"))
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from _texts(part, (*at, key))
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from _texts(part, (*at, index))


def _strings(
    value: Any, at: JsonPath, is_one: Callable[[str, str], bool], name: str = ""
) -> Iterator[JsonPath]:
    """Yield the places of strings, by the name of the member that they stand in and what they are."""
    if isinstance(value, str):
        if is_one(name, value):
            yield at
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from _strings(part, (*at, key), is_one, key)
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from _strings(part, (*at, index), is_one, name)


STRIPS = (
    Strip("instructions", "text of instructions", instructions),
    Strip("environment", "text about the machine and the repository", environment),
    Strip("images", "image", images),
    Strip("reasoning", "piece of encrypted reasoning", reasoning),
)
"""By what they are called on the command line."""
