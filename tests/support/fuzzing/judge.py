"""Who is right: `jsonschema-rs`, and `jsonschema` where that has no answer or another one than codexwire."""

from __future__ import annotations

from typing import Any

import jsonschema
import jsonschema_rs

from codexwire.ir.walk import transform
from codexwire.model.kinds import INTEGER_RANGES

__all__ = ["Judge", "with_ranges"]


class Judge:
    """Both validators of one schema; the slow one is made when it is first asked.

    `split` counts the values about which the two differ: no verdict on those is held against codexwire.
    """

    def __init__(self, schema: dict[str, Any]) -> None:
        self._schema = schema
        self._fast = jsonschema_rs.Draft7Validator(schema, validate_formats=False)
        self._slow: jsonschema.Draft7Validator | None = None
        self.split = 0

    def expects(self, value: Any, said: bool) -> bool:
        """Return whether a value is valid; `said` is codexwire's answer, which stands if they differ."""
        try:
            found = self._fast.is_valid(value)
        except ValueError:  # half a surrogate pair
            return self._slowly(value)
        if found is said or self._slowly(value) is found:
            return found
        self.split += 1
        return said

    def _slowly(self, value: Any) -> bool:
        if self._slow is None:
            self._slow = jsonschema.Draft7Validator(self._schema)
        return bool(self._slow.is_valid(value))


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
