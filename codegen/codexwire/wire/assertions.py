"""The keywords of JSON Schema that look at a value itself, and what a violation of each says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any

from codexwire.ir.nodes import json_types
from codexwire.ir.regex import python_regex
from codexwire.model.kinds import INTEGER_RANGES, TYPE_KINDS, json_kind
from codexwire.near import ALIKE, near_names
from codexwire.runtime.checks import all_differ, is_multiple, json_equal
from codexwire.wire.listed import is_listed, listed_text
from codexwire.wire.spot import Check, Spot
from codexwire.wire.violation import Violation

__all__ = ["ASSERTION_CHECKS", "check_type", "found_by", "missing", "not_listed", "wrong_type"]

_COMPARED = 16
"""How many unknown properties of an object are compared with one that is missing."""


def check_type(spot: Spot, _: Any, value: Any, node: dict[str, Any]) -> Iterator[Violation]:
    """Yield what breaks `type`."""
    types = json_types(node)
    kind = json_kind(value)
    if not any(kind in TYPE_KINDS[t] for t in types):
        yield wrong_type(spot, types, value)


def wrong_type(spot: Spot, types: Sequence[str], value: Any) -> Violation:
    """Return the violation of a value that is of none of the types."""
    expected, got = " or ".join(types), spot.got(value)
    return spot.violation("type", f"expected {expected}, got {got}", expected=expected, got=got)


def _enum(spot: Spot, values: Any, value: Any, _: dict[str, Any]) -> Iterator[Violation]:
    if not is_listed(value, values):
        yield not_listed(spot, values, value)


def _const(spot: Spot, constant: Any, value: Any, _: dict[str, Any]) -> Iterator[Violation]:
    if not json_equal(value, constant):
        yield not_listed(spot, [constant], value, "const")


def not_listed(spot: Spot, values: Sequence[Any], value: Any, keyword: str = "enum") -> Violation:
    """Return the violation of a value that is none of those listed."""
    listed = listed_text(values)
    expected, got = (f"one of {listed}" if len(values) > 1 else listed), spot.got(value)
    message = f"expected {expected}, got another {got}"
    return spot.violation(keyword, message, expected=expected, got=got)


def _required(spot: Spot, keys: Any, value: Any, node: dict[str, Any]) -> Iterator[Violation]:
    if isinstance(value, dict):
        for key in keys:
            if key not in value:
                unknown = (k for k in value if k not in node.get("properties", {}))
                yield missing(spot, key, there=tuple(islice(unknown, _COMPARED)))


def missing(
    spot: Spot, key: str, keyword: str = "required", there: tuple[str, ...] = ()
) -> Violation:
    """Return the violation of an object that lacks a property; one that is `there` may be meant for it."""
    text = f"the property {key!r} is missing{_instead(key, there)}"
    return spot.violation(keyword, text, expected=f"property {key!r}", got="nothing")


@lru_cache(1 << 10)
def _instead(key: str, there: tuple[str, ...]) -> str:
    near = near_names(key, there, like=ALIKE)
    return f"; is it what {near[0]!r} should be?" if near else ""


def _format(spot: Spot, name: Any, value: Any, _: dict[str, Any]) -> Iterator[Violation]:
    if not spot.formats or name not in INTEGER_RANGES or json_kind(value) != "integer":
        return
    low, high = INTEGER_RANGES[name]
    if not low <= value <= high:
        yield spot.violation(
            "format",
            f"expected {name} ({low} to {high}), got an integer outside",
            expected=name,
            got=spot.got(value),
        )


def found_by(pattern: str) -> Callable[[str], Any] | None:
    """Return what searches a string for an ECMA-262 pattern, None when that cannot be said."""
    translated = python_regex(pattern)
    return None if translated is None else re.compile(translated, re.ASCII).search


def _pattern(spot: Spot, pattern: Any, value: Any, _: dict[str, Any]) -> Iterator[Violation]:
    search = found_by(pattern)
    if isinstance(value, str) and search is not None and not search(value):
        expected, got = f"a match of {pattern!r}", spot.got(value)
        message = f"expected {expected}, got another {got}"
        yield spot.violation("pattern", message, expected=expected, got=got)


def _multiple(spot: Spot, divisor: Any, value: Any, _: dict[str, Any]) -> Iterator[Violation]:
    if json_kind(value) in _IS_NUMBER and not is_multiple(value, divisor):
        expected, got = f"a multiple of {divisor}", spot.got(value)
        message = f"expected {expected}, got another {got}"
        yield spot.violation("multipleOf", message, expected=expected, got=got)


def _unique(spot: Spot, wanted: Any, value: Any, _: dict[str, Any]) -> Iterator[Violation]:
    if not wanted or not isinstance(value, list) or all_differ(value):
        return
    earlier, later = next(
        (first, second)
        for second, item in enumerate(value)
        for first, other in enumerate(value[:second])
        if json_equal(item, other)
    )
    yield spot.violation(
        "uniqueItems",
        f"the items {earlier} and {later} are equal",
        expected="items that all differ",
        got=spot.got(value),
    )


_IS_NUMBER = frozenset({"integer", "fraction"})
_LIMITS: Mapping[
    str, tuple[frozenset[str], Callable[[Any], Any], Callable[[Any, Any], bool], str]
] = {
    "minimum": (_IS_NUMBER, lambda v: v, lambda v, n: v >= n, "at least {}"),
    "maximum": (_IS_NUMBER, lambda v: v, lambda v, n: v <= n, "at most {}"),
    "exclusiveMinimum": (_IS_NUMBER, lambda v: v, lambda v, n: v > n, "more than {}"),
    "exclusiveMaximum": (_IS_NUMBER, lambda v: v, lambda v, n: v < n, "less than {}"),
    "minLength": (TYPE_KINDS["string"], len, lambda v, n: v >= n, "{} or more characters"),
    "maxLength": (TYPE_KINDS["string"], len, lambda v, n: v <= n, "{} or fewer characters"),
    "minItems": (TYPE_KINDS["array"], len, lambda v, n: v >= n, "{} or more items"),
    "maxItems": (TYPE_KINDS["array"], len, lambda v, n: v <= n, "{} or fewer items"),
    "minProperties": (TYPE_KINDS["object"], len, lambda v, n: v >= n, "{} or more properties"),
    "maxProperties": (TYPE_KINDS["object"], len, lambda v, n: v <= n, "{} or fewer properties"),
}


def _limit(keyword: str) -> Check:
    kinds, measure, fits, wording = _LIMITS[keyword]

    def check(spot: Spot, limit: Any, value: Any, _: dict[str, Any]) -> Iterator[Violation]:
        if json_kind(value) in kinds and not fits(measure(value), limit):
            expected, got = wording.format(_number(limit)), spot.got(value)
            message = f"expected {expected}, got {got} beyond that"
            yield spot.violation(keyword, message, expected=expected, got=got)

    return check


def _number(limit: float) -> str:
    return f"{limit:g}" if isinstance(limit, float) else str(limit)


ASSERTION_CHECKS: Mapping[str, Check] = {
    "enum": _enum,
    "const": _const,
    "required": _required,
    "format": _format,
    "pattern": _pattern,
    "multipleOf": _multiple,
    "uniqueItems": _unique,
    **{keyword: _limit(keyword) for keyword in _LIMITS},
}
"""The check of every such keyword but `type`, after which nothing else is asked."""
