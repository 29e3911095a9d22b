"""Decodes a line into a message, or says which rule of the envelope it breaks."""

from __future__ import annotations

from typing import Any

from codexwire.model.message import LineError, parse
from codexwire.wire.violation import Violation

__all__ = ["decode", "too_deep"]


def decode(line: bytes) -> tuple[Any, Violation | None]:
    """Return the JSON value of a line, or None and what is wrong with it as JSON."""
    try:
        return parse(line), None
    except LineError as error:
        return None, Violation(f"envelope/{error.kind}", "", str(error), "JSON in UTF-8")


def too_deep() -> Violation:
    """Return the violation of a message that is nested deeper than the interpreter can follow."""
    return Violation("envelope/nesting", "", "nested too deeply to be checked")
