"""The few functions that generated validators call: JSON equality, counting and dispatch.

Everything here works on decoded JSON values: None, bool, int, float, str, list and dict themselves,
not subclasses of them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, Final, TypeAlias, TypeGuard

__all__ = [
    "ABSENT",
    "Predicate",
    "by_tag",
    "equals_any",
    "exactly_one",
    "is_boolean",
    "is_integer",
    "is_number",
    "is_string",
    "json_equal",
    "others",
]

Predicate: TypeAlias = Callable[[Any], bool]

ABSENT: Final = object()
"""What `dict.get` gives for a key that is not there; no predicate accepts it."""


def json_equal(one: Any, two: Any) -> bool:
    """Whether two values are the same JSON value: `1` equals `1.0`, `true` does not equal `1`."""
    if isinstance(one, bool) or isinstance(two, bool):
        return one is two
    if isinstance(one, list) and isinstance(two, list):
        return len(one) == len(two) and all(map(json_equal, one, two))
    if isinstance(one, dict) and isinstance(two, dict):
        return one.keys() == two.keys() and all(json_equal(one[k], two[k]) for k in one)
    return bool(one == two)


def equals_any(value: Any, values: Collection[Any]) -> bool:
    """Whether a value equals one of the listed ones."""
    return any(json_equal(value, other) for other in values)


def is_integer(value: Any) -> TypeGuard[float]:
    """Whether a value is a number without a fractional part (`1.0` is one, `true` is not)."""
    kind = type(value)
    return kind is int or (kind is float and value.is_integer())


def is_number(value: Any) -> TypeGuard[float]:
    """Whether a value is a number (`true` is not)."""
    kind = type(value)
    return kind is int or kind is float


def exactly_one(value: Any, predicates: Collection[Predicate]) -> bool:
    """Whether one predicate, and no second one, accepts a value."""
    return sum(predicate(value) for predicate in predicates) == 1


def is_string(value: Any) -> bool:
    """Whether a value is a string."""
    return type(value) is str


def is_boolean(value: Any) -> bool:
    """Whether a value is true or false."""
    return type(value) is bool


def by_tag(value: Any, tag: str, table: Mapping[str, Predicate]) -> bool:
    """Whether a value is an object that the predicate of its tag accepts."""
    if type(value) is not dict:
        return False
    name = value.get(tag)
    predicate = table.get(name) if type(name) is str else None
    return predicate is not None and predicate(value)


def others(value: dict[str, Any], named: Collection[str], predicate: Predicate) -> bool:
    """Whether a predicate accepts all members of an object but the named ones."""
    return all(predicate(member) for key, member in value.items() if key not in named)
