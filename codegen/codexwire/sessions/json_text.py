"""The neutral view as JSON, and its JSON Schema."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec.structs import replace

from codexwire.sessions.model import VERSION, Session, Thread

__all__ = ["schema", "thread_to_json", "to_json"]


def to_json(value: Any) -> str:
    """Return a value of the view as JSON in one line; each None is written, for it means unknown."""
    return _dumped(value, is_text=_is_text(value))


def thread_to_json(thread: Thread) -> Iterator[str]:
    """Yield what `to_json` returns of a thread, one turn after the other."""
    frame = replace(thread, turns=())
    is_text = all(map(_is_text, (frame, *thread.turns)))
    before, turns, after = _dumped(frame, is_text=is_text).rpartition('"turns":[]')
    yield before + turns[:-1]
    for number, turn in enumerate(thread.turns):
        yield ("," if number else "") + _dumped(turn, is_text=is_text)
    yield "]" + after


def _dumped(value: Any, *, is_text: bool) -> str:
    plain = msgspec.to_builtins(value, str_keys=True)
    return json.dumps(plain, ensure_ascii=not is_text, separators=(",", ":"), default=str)


def _is_text(value: Any) -> bool:
    """Whether all strings can be encoded: a lone surrogate, which JSON can escape, cannot."""
    try:
        msgspec.json.encode(value)
    except UnicodeEncodeError:
        return False
    except (OverflowError, TypeError):
        return True
    return True


def schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a session as JSON, as of `VERSION`."""
    (root,), components = msgspec.json.schema_components([Session], ref_template="#/$defs/{name}")
    components["Session"]["properties"]["version"] = {"const": VERSION}
    for definition in components.values():
        definition["required"] = list(definition["properties"])  # None is written, too
    described = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "codexwire session",
        "description": "What `codexwire show --format json` writes: saved sessions in one neutral view.",
        **root,
        "$defs": dict(sorted(components.items())),
    }
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(described))
    return plain
