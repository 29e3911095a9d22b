"""What Python's decoder says of a message, in words that other languages have, too."""

from __future__ import annotations

import json
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from types import ModuleType
from typing import Any

from pydantic import BaseModel, RootModel

from codexwire.runtime.drift import drift_notes
from codexwire.runtime.keep import kept_of
from codexwire.runtime.unknown import RAW

__all__ = ["case_of"]

_TOLD = ("method", "pointer", "rule", "other", "message")


def case_of(
    package: ModuleType, folder: Path, kind: str, method: str, text: str, sender: str
) -> dict[str, Any]:
    """Return what `decode.mjs` holds a generated TypeScript package in `folder` against.

    `kind` is `notification`, `request` or `result`, `text` that of the message or the result, and `sender`
    who sends the notification or request.
    """
    value = _as_javascript_reads(text)
    payload = value if kind == "result" else value.get("params")
    said = _decoded(package, kind, method, payload, sender)
    if kind != "result":
        given = "params" in value or said["value"] is not None
        said["value"] = {**value, "params": said["value"]} if given else value
    return {
        "folder": str(folder),
        "call": f"decode{kind.capitalize()}",
        "before": [method] if kind == "result" else [],
        "text": text,
        "after": [sender],
        "expected": said,
    }


def _decoded(package: ModuleType, kind: str, method: str, raw: Any, sender: str) -> dict[str, Any]:
    """Return the value of a payload, what is noted of it, and whether it has a type."""
    value = getattr(package, f"decode_{kind}")(method, raw, sender=sender)
    notes = drift_notes(value, method=method, part="result" if kind == "result" else "params")
    return {
        "value": _plain(value),
        "notes": [{name: str(getattr(note, name)) for name in _TOLD} for note in notes],
        "known": not getattr(value, "why", ""),
    }


def _plain(value: Any) -> Any:
    """Return a decoded value as JSON: what was read, with the members that rules have put there."""
    if isinstance(value, RAW):
        return value.raw
    if isinstance(value, RootModel):
        return _plain(value.root)
    if isinstance(value, BaseModel):
        return dict(_members(value))
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return {k: _plain(v) for k, v in value.items()} if isinstance(value, dict) else value


def _members(model: BaseModel) -> Iterator[tuple[str, Any]]:
    kept = kept_of(model)
    for name, info in type(model).model_fields.items():
        if name in kept or name in model.model_fields_set:
            yield info.alias or name, _plain(getattr(model, name))
    for name, value in (model.__pydantic_extra__ or {}).items():
        yield name, _plain(value)


def _as_javascript_reads(text: str) -> Any:
    """Return the value of a text of JSON, in which 1.0 is 1, as in JavaScript."""

    def number(digits: str) -> float:
        found = float(digits)
        return int(found) if found.is_integer() else found

    return json.loads(text, parse_float=number)
