"""The place that validation has reached in a value and its schema, and violations found there."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from codexwire.ir.model import Protocol
from codexwire.location import JsonPath, join_pointer
from codexwire.model.kinds import describe_kind, json_kind
from codexwire.runtime.checks import Predicate
from codexwire.wire.violation import Violation

__all__ = ["Check", "Spot", "describe"]

_SHOWN = 120


class Spot(Struct, frozen=True):
    """Where the walk stands: path into the value, owner and path of the schema node.

    `formats` tells whether number formats assert, `show_values` whether violations quote values.
    `compiled(name)` returns what decides about values of a named type, where that is available: where it
    accepts, there is nothing to walk.
    """

    protocol: Protocol
    at: JsonPath = ()
    owner: str = ""
    path: JsonPath = ()
    formats: bool = False
    show_values: bool = False
    compiled: Callable[[str], Predicate | None] = lambda _: None

    def into(self, *key: str | int, schema: JsonPath = ()) -> Spot:
        """Return the spot one step down in the value, and `schema` steps down in the schema."""
        return replace(self, at=(*self.at, *key), path=(*self.path, *schema))

    def type(self, name: str) -> Spot:
        """Return the spot at the definition of a named type, same place in the value."""
        return replace(self, owner=name, path=())

    def got(self, value: Any) -> str:
        """Return what a violation says about a value."""
        return describe(value, show_values=self.show_values)

    def violation(
        self, keyword: str, message: str, *, expected: str = "", got: str = ""
    ) -> Violation:
        """Return a violation of a keyword of the node that the walk stands at."""
        where = f"{self.owner}#{join_pointer((*self.path, keyword))}"
        return Violation(f"schema/{keyword}", join_pointer(self.at), message, expected, got, where)


def describe(value: Any, *, show_values: bool = False) -> str:
    """Return the type of a value, or the head of its JSON when values are to be shown."""
    if not show_values:
        return describe_kind(json_kind(value))
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


Check: TypeAlias = "Callable[[Spot, Any, Any, dict[str, Any]], Iterator[Violation]]"
"""Yields what breaks a keyword, from the place, the keyword's value, the value and the whole node."""
