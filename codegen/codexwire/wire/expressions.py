"""Pieces of Python source: the expressions that predicates are put together from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from codexwire.model.types import All, Anything, Enum, List, Map, Never, Object, Scalar, Type, Union
from codexwire.wire.naming import literal

__all__ = [
    "IT",
    "LIMITS",
    "SHARED",
    "TESTS",
    "Chunk",
    "all_of",
    "any_of",
    "bind",
    "constant",
    "has_members",
    "is_deep",
    "is_plain",
    "key_set",
    "membership",
    "number",
    "sequence",
]

IT = "\0"
"""Stands for the value that an expression is about, until it is known what to call it."""

TESTS = {
    "null": f"{IT} is None",
    "boolean": f"type({IT}) is bool",
    "integer": f"is_integer({IT})",
    "number": f"is_number({IT})",
    "string": f"type({IT}) is str",
    "array": f"type({IT}) is list",
    "object": f"type({IT}) is dict",
}

SHARED = {
    TESTS["boolean"]: "is_boolean",
    TESTS["integer"]: "is_integer",
    TESTS["number"]: "is_number",
    TESTS["string"]: "is_string",
}

_NUMBER_LIMITS = {
    "minimum": "{v} >= {n}",
    "maximum": "{v} <= {n}",
    "exclusiveMinimum": "{v} > {n}",
    "exclusiveMaximum": "{v} < {n}",
    "multipleOf": "is_multiple({v}, {n})",
}
LIMITS = {
    "integer": _NUMBER_LIMITS,
    "number": _NUMBER_LIMITS,
    "string": {"minLength": "len({v}) >= {n}", "maxLength": "len({v}) <= {n}"},
    "array": {"minItems": "len({v}) >= {n}", "maxItems": "len({v}) <= {n}"},
    "object": {"minProperties": "len({v}) >= {n}", "maxProperties": "len({v}) <= {n}"},
}

_DEEP = 40  # brackets; Python's parser gives up at 200


@dataclass(frozen=True, slots=True)
class Chunk:
    """Source of functions and of the tables that the functions look things up in.

    Both map a global name to its definition; tables name functions and come after them. `roots` gives
    the function of each node that was asked for.
    """

    functions: Mapping[str, str]
    tables: Mapping[str, str]
    roots: Mapping[str, str]

    @property
    def text(self) -> str:
        """The chunk as one piece of Python source."""
        return "\n\n".join((*self.functions.values(), *self.tables.values()))


def key_set(keys: Iterable[str]) -> str:
    """Return the set of names of an object's members."""
    listed = ", ".join(map(literal, sorted(keys)))
    return f"frozenset({{{listed}}})" if listed else "frozenset[str]()"


def number(limit: float) -> str:
    """Return a limit without a needless `.0`, as published for unsigned integers."""
    if isinstance(limit, float) and limit.is_integer():
        return repr(int(limit))
    return constant(limit)


def constant(value: Any) -> str:
    """Return any JSON value, or a tuple of them; a number beyond the range of floats reads `1e999`."""
    if isinstance(value, float):
        return repr(value).replace("inf", "1e999")
    if isinstance(value, tuple):
        return f"({', '.join(map(constant, value))}{',' * (len(value) == 1)})"
    if isinstance(value, list):
        return f"[{', '.join(map(constant, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key!r}: {constant(member)}' for key, member in value.items())}}}"
    return repr(value)


def sequence(entries: Iterable[str]) -> str:
    """Return a tuple."""
    return f"({''.join(f'{entry}, ' for entry in entries)})"


def membership(values: Sequence[str]) -> str:
    """Return the test for one of several strings, of a value that is a string."""
    if not values:
        return "False"
    listed = ", ".join(map(literal, values))
    return f"{IT} in {{{listed}}}" if len(values) != 1 else f"{IT} == {listed}"


def all_of(parts: Sequence[str]) -> str:
    """Return what holds when all parts hold; no constant is left among others, for `bind`."""
    if "False" in parts:
        return "False"
    parts = [p for p in parts if p != "True"]
    if len(parts) < 2:
        return parts[0] if parts else "True"
    return "({})".format(" and ".join(parts))


def any_of(parts: Sequence[str]) -> str:
    """Return what holds when one part holds; no constant is left among others, for `bind`."""
    if "True" in parts:
        return "True"
    parts = [p for p in parts if p != "False"]
    if not parts:
        return "False"
    return parts[0] if len(parts) == 1 else "({})".format(" or ".join(parts))


def negated(test: str) -> str:
    """Return what holds when a test does not."""
    constants = {"True": "False", "False": "True"}
    return constants.get(test) or f"not ({test})"


def bind(expression: str, value: str, name: str) -> str:
    """Put a value into an expression: computed where it is first used, by name from there on."""
    if value == name or expression.count(IT) < 2:
        return expression.replace(IT, value)
    before, after = expression.split(IT, 1)
    bare = before.endswith("(") and after.startswith(")")
    bound = f"{name} := {value}" if bare else f"({name} := {value})"
    return f"{before}{bound}{after.replace(IT, name)}"


def is_deep(expression: str) -> bool:
    """Whether an expression has as many brackets in each other as are good for one."""
    depth = 0
    if expression.count("(") < _DEEP:
        return False
    for letter in expression:
        depth += (letter == "(") - (letter == ")")
        if depth >= _DEEP:
            return True
    return False


def is_plain(found: Type) -> bool:
    """Whether a type is small enough to be written in place: a scalar, an enum, limits."""
    if isinstance(found, Union):
        return found.by_kind and all(map(is_plain, found.branches))
    if isinstance(found, All):
        return all(part.path == found.path and is_plain(part) for part in found.members)
    if isinstance(found, List):
        return isinstance(found.items, Anything) and found.contains is None
    if isinstance(found, Scalar):
        return "pattern" not in found.limits
    return isinstance(found, Anything | Never | Enum | Map) and not has_members(found)


def has_members(found: Type) -> bool:
    """Whether a type looks at the members of objects; then it is worth a function of its own."""
    if isinstance(found, Union):
        return found.by_kind and any(map(has_members, found.branches))
    if isinstance(found, All):
        return any(part.path == found.path and has_members(part) for part in found.members)
    return found.rest is not None if isinstance(found, Map) else isinstance(found, Object)
