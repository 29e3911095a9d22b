"""The neutral view as JSON, and its JSON Schema."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from codexwire.sessions.model import VERSION, Session

__all__ = ["schema", "to_json"]


def to_json(value: Any) -> str:
    """Return a value of the view as JSON in one line; each None is written, for it means unknown."""
    plain = msgspec.to_builtins(value, str_keys=True)
    return json.dumps(plain, ensure_ascii=not _is_text(value), separators=(",", ":"), default=str)


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
