"""The few functions that generated validators call: JSON equality, arithmetic, counting and dispatch.

Everything here works on decoded JSON values: None, bool, int, float, str, list and dict themselves,
not subclasses of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from fractions import Fraction
from typing import Any, Final, TypeAlias, TypeGuard

__all__ = [
    "ABSENT",
    "Patterns",
    "Predicate",
    "all_differ",
    "by_pattern",
    "by_tag",
    "compile_pattern",
    "each_in_turn",
    "equals_any",
    "exactly_one",
    "hashable",
    "is_anything",
    "is_boolean",
    "is_integer",
    "is_multiple",
    "is_number",
    "is_string",
    "json_equal",
    "others",
    "others_by_pattern",
]

Predicate: TypeAlias = Callable[[Any], bool]

Patterns: TypeAlias = Collection[tuple[re.Pattern[str], Predicate]]
"""What `patternProperties` asks of the members of an object, by their names."""

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


def is_multiple(value: float, divisor: float) -> bool:
    """Whether a number is a whole multiple of another, fractions taken as the decimals that they read as."""
    if type(value) is int and type(divisor) is int:
        return value % divisor == 0
    try:
        return _exact(value) % _exact(divisor) == 0
    except ValueError:  # a number beyond the range of floats
        return False


def _exact(number: float) -> Fraction:
    return Fraction(number if is_integer(number) else repr(number))


def all_differ(values: list[Any]) -> bool:
    """Whether no two items of an array are the same JSON value."""
    return len(set(map(hashable, values))) == len(values)


def hashable(value: Any) -> Any:
    """Return a value that equals that of another JSON value exactly when the two are the same."""
    if isinstance(value, list):
        return (list, *map(hashable, value))
    if isinstance(value, dict):
        return (dict, frozenset((key, hashable(member)) for key, member in value.items()))
    return (bool, value) if isinstance(value, bool) else value


def exactly_one(value: Any, predicates: Collection[Predicate]) -> bool:
    """Whether one predicate, and no second one, accepts a value."""
    return sum(predicate(value) for predicate in predicates) == 1


def is_anything(_: Any) -> bool:
    """Whether a value is a JSON value at all."""
    return True


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


def compile_pattern(text: str) -> re.Pattern[str]:
    """Return a regular expression of `re` (see `codexwire.ir.regex`) ready to be searched for."""
    return re.compile(text, re.ASCII)


def by_pattern(value: dict[str, Any], patterns: Patterns) -> bool:
    """Whether every member is accepted by the predicates of all patterns that its name matches."""
    return all(
        predicate(member)
        for key, member in value.items()
        for regex, predicate in patterns
        if regex.search(key)
    )


def others_by_pattern(
    value: dict[str, Any], named: Collection[str], patterns: Patterns, predicate: Predicate
) -> bool:
    """Whether a predicate accepts all members but the named ones and those that match a pattern."""
    return all(
        predicate(member)
        for key, member in value.items()
        if key not in named and not any(regex.search(key) for regex, _ in patterns)
    )


def each_in_turn(values: list[Any], predicates: Collection[Predicate]) -> bool:
    """Whether the first predicate accepts the first item, the second the second, and so on."""
    return all(predicate(item) for item, predicate in zip(values, predicates, strict=False))
