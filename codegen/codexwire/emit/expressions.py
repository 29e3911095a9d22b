"""Values and types as Python source: the one place where text of a schema becomes code."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from typing import Any

from codexwire.model.types import Anything, Enum, List, Map, Ref, Scalar, Type, Union
from codexwire.wire.naming import literal

__all__ = ["expression", "is_finite", "source", "words"]

# Lower bounds that pydantic has a name for; the schema's others are left to the validators.
_BOUNDS = {0: "NonNegativeInt", 1: "PositiveInt"}
_SCALARS = {
    "boolean": "bool",
    "integer": "int",
    "null": "None",
    "number": "float",
    "string": "str",
}

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'')
_WORD = re.compile(r"\b[A-Za-z_]\w*")
_WIDER = {float: "int | float", list: "list[Any]", dict: "dict[str, Any]", type(None): "None"}


def source(value: Any) -> str:
    """Return a JSON value as Python source; strings in double quotes where that needs no escape."""
    if isinstance(value, str):
        return literal(value)
    if isinstance(value, list):
        return f"[{', '.join(map(source, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{literal(k)}: {source(v)}' for k, v in value.items())}}}"
    return repr(value)


def words(code: str) -> list[str]:
    """Return the names and keywords in source, without what stands in strings."""
    return _WORD.findall(_STRING.sub("", code))


def is_finite(value: Any) -> bool:
    """Whether a JSON value has no number in it that Python cannot write (`1e999`)."""
    if isinstance(value, dict | list):
        return all(map(is_finite, value.values() if isinstance(value, dict) else value))
    return not isinstance(value, float) or math.isfinite(value)


def expression(found: Type, *, bounds: bool = False, exact: bool = False, prefix: str = "") -> str:
    """Return the type expression of a flat type.

    With `bounds` it states those that pydantic has words for, with `exact` it keeps pydantic from taking
    one number for another; `prefix` precedes the names of classes.
    """
    return _joined(_Writer(bounds, exact, prefix).terms(found))


def _joined(terms: Iterable[str]) -> str:
    found = list(dict.fromkeys(terms))
    ordered = [t for t in found if t != "None"] + ["None"] * ("None" in found)
    return " | ".join(ordered) or "Any"


class _Writer:
    def __init__(self, bounds: bool, exact: bool, prefix: str) -> None:
        self.bounds = bounds
        self.exact = exact
        self.prefix = prefix

    def terms(self, found: Type) -> Iterator[str]:
        """Yield the alternatives of a type."""
        if isinstance(found, Ref):
            yield self.prefix + found.name
        elif isinstance(found, Enum):
            yield from self.values(found.values)
        elif isinstance(found, Union):
            for branch in found.branches:
                yield from self.terms(branch)
        elif isinstance(found, List):
            yield f"list[{_joined(self.terms(found.items))}]"
        elif isinstance(found, Map):
            yield f"dict[str, {_joined(self.terms(found.rest or Anything()))}]"
        else:
            yield self.scalar(found) if isinstance(found, Scalar) else "Any"

    def scalar(self, found: Scalar) -> str:
        if self.bounds and found.kind == "integer":
            return _BOUNDS.get(found.limits.get("minimum", ""), "int")
        if self.bounds and "minLength" in found.limits:
            return f"Annotated[str, Field(min_length={found.limits['minLength']:.0f})]"
        return _SCALARS[found.kind]

    def values(self, values: Iterable[Any]) -> Iterator[str]:
        """Yield the type of each value: itself where a literal type can hold it."""
        plain = [v for v in values if isinstance(v, str | int)]
        if plain:
            text = f"Literal[{', '.join(map(source, plain))}]"
            numbers = self.exact and not all(isinstance(v, str) for v in plain)
            yield f"Annotated[{text}, ExactLiteral()]" if numbers else text
        yield from (_WIDER[type(value)] for value in values if type(value) in _WIDER)
