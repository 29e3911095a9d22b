"""Which message, and which part of it, a model was decoded from, as far as its type shows."""

from __future__ import annotations

from typing import Any

from codexwire.runtime.unknown import UnknownNotification, UnknownRequest, UnknownResult

__all__ = ["note_source", "source_of"]

_SOURCES: dict[type, tuple[str, str]] = {}
_DEFAULT = ("", "params")


def note_source(model: type, method: str, part: str) -> None:
    """Note that `part` of messages of `method` is decoded as `model`; one of several is none."""
    known = _SOURCES.setdefault(model, (method, part))
    if known != (method, part):
        _SOURCES[model] = ("", part if known[1] == part else "params")


def source_of(value: Any) -> tuple[str, str]:
    """Return method and part (`params` or `result`) of a decoded value; no method when it is not clear."""
    if isinstance(value, (UnknownNotification, UnknownRequest, UnknownResult)):
        part = "result" if isinstance(value, UnknownResult) else "params"
        return str(value.method), part
    return _SOURCES.get(type(value), _DEFAULT)
