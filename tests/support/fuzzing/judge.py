"""Who is right: `jsonschema-rs`."""

from __future__ import annotations

import json
import re
from typing import Any

import jsonschema_rs

from codexwire.ir.walk import transform
from codexwire.model.kinds import INTEGER_RANGES

__all__ = ["Judge", "with_ranges"]


_HALF = re.compile("[\ud800-\udfff]")


class Judge:
    """The validator of one schema."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self._validator = jsonschema_rs.Draft7Validator(schema, validate_formats=False)

    def is_valid(self, value: Any) -> bool:
        """Return whether a value is valid."""
        try:
            return bool(self._validator.is_valid(value))
        except UnicodeEncodeError:
            return bool(self._validator.is_valid(_without_halves(value)))


def _without_halves(value: Any) -> Any:
    """Return a value that has, for each half of a surrogate pair, a character that no schema names."""
    text = json.dumps(value, ensure_ascii=False)
    return json.loads(_HALF.sub(lambda half: chr(0xE2800 + ord(half[0])), text))


def with_ranges(schema: Any) -> Any:
    """Return a schema in which every number format is a condition, as `formats` makes it one."""

    def spelled(_: object, node: Any) -> Any:
        span = INTEGER_RANGES.get(node.get("format")) if isinstance(node, dict) else None
        if span is None or "$ref" in node:
            return node
        limits = {"minimum": span[0], "maximum": span[1]}
        bounds = {"if": {"type": "integer"}, "then": limits}
        return {**node, "allOf": [*node.get("allOf", ()), bounds]}

    return transform(schema, spelled)
