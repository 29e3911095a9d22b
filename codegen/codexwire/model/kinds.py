"""The kinds of JSON values, and which of them each JSON Schema type means.

The seven kinds are disjoint: a number is an `integer` when it has no fractional part (`1.0` included)
and a `fraction` otherwise, so that the type `number` means both.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

__all__ = [
    "ALL_KINDS",
    "INTEGER_RANGES",
    "TYPE_KINDS",
    "apart",
    "are_distinct_strings",
    "describe_kind",
    "json_kind",
]

TYPE_KINDS = {
    "null": frozenset({"null"}),
    "boolean": frozenset({"boolean"}),
    "integer": frozenset({"integer"}),
    "number": frozenset({"integer", "fraction"}),
    "string": frozenset({"string"}),
    "array": frozenset({"array"}),
    "object": frozenset({"object"}),
}
ALL_KINDS = frozenset().union(*TYPE_KINDS.values())

INTEGER_RANGES = {
    "int8": (-(2**7), 2**7 - 1),
    "int16": (-(2**15), 2**15 - 1),
    "int32": (-(2**31), 2**31 - 1),
    "int64": (-(2**63), 2**63 - 1),
    "int": (-(2**63), 2**63 - 1),
    "uint8": (0, 2**8 - 1),
    "uint16": (0, 2**16 - 1),
    "uint32": (0, 2**32 - 1),
    "uint64": (0, 2**64 - 1),
    "uint": (0, 2**64 - 1),
}
"""The least and the greatest integer of each number format; asserted only on request (`formats=True`)."""

_KIND_OF_TYPE = {
    type(None): "null",
    bool: "boolean",
    int: "integer",
    str: "string",
    list: "array",
    dict: "object",
}


def json_kind(value: Any) -> str:
    """Return the kind of a decoded JSON value."""
    if isinstance(value, float):
        return "integer" if value.is_integer() else "fraction"
    return _KIND_OF_TYPE[type(value)]


def describe_kind(kind: str) -> str:
    """Return the JSON Schema name of a kind (`fraction` reads `number`)."""
    return "number" if kind == "fraction" else kind


def are_distinct_strings(values: Sequence[Any]) -> bool:
    """Whether all values are strings and none comes twice."""
    return all(isinstance(v, str) for v in values) and len(set(values)) == len(values)


def apart(kinds: Sequence[frozenset[str]]) -> list[list[int]]:
    """Group branches, by index, so that branches of different groups share no kind."""
    groups: list[tuple[frozenset[str], list[int]]] = []
    for index, found in enumerate(kinds):
        meeting = [g for g in groups if g[0] & found]
        groups = [g for g in groups if not g[0] & found]
        members = sorted([index, *(i for g in meeting for i in g[1])])
        groups.append((found.union(*(g[0] for g in meeting)), members))
    return [members for _, members in groups]
