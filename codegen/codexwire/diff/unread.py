"""Keywords that the comparison of value sets does not read: a change of one cannot be called harmless.

Value sets know types, values, limits, properties, items and unions. Of what else draft-07 has, it is only
told whether it is the same in both versions.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from codexwire.ir.canonical import canonical_json, strip_annotations
from codexwire.ir.keywords import EXACTLY_ONE
from codexwire.model.choose import kinds_of, told_apart
from codexwire.model.kinds import apart
from codexwire.model.read import Types
from codexwire.model.types import (
    All,
    Anything,
    Limited,
    List,
    Object,
    Opaque,
    Tuple,
    Type,
    Union,
    is_null,
    values_of,
)

__all__ = ["unread"]

_LIMITS = (
    *("exclusiveMaximum", "exclusiveMinimum", "multipleOf"),
    *("maxProperties", "minProperties", "uniqueItems"),
)
_EXACTLY, _AT_LEAST = "exactly one", "at least one"


def unread(types: Types, found: Type) -> dict[str, str]:
    """Return the unread keywords of a type and of its branches → what they say, as canonical JSON.

    `oneOf` stands for how many branches a value may fit, where they may overlap.
    """
    said: dict[str, list[Any]] = {}
    counts = set()
    for part in _own_parts(found):
        for keyword, value in _unread(part):
            said.setdefault(keyword, []).append(value)
        counts.add(_taken(types, part) if isinstance(part, Union) else None)
    if counts - {None}:
        said[EXACTLY_ONE] = [_EXACTLY if _EXACTLY in counts else _AT_LEAST]
    return {keyword: canonical_json(values) for keyword, values in said.items()}


def _own_parts(found: Type) -> Iterator[Type]:
    yield found
    if isinstance(found, All | Union):
        for part in found.parts():
            yield from _own_parts(part)


def _unread(found: Type) -> Iterator[tuple[str, Any]]:
    if isinstance(found, Opaque) and isinstance(found.text, dict):
        condition = {word: strip_annotations(said) for word, said in found.text.items()}
        yield ("not", condition["not"]) if "not" in condition else ("if", condition)
    if isinstance(found, Limited):
        yield from ((word, found.limits[word]) for word in _LIMITS if word in found.limits)
    if isinstance(found, List | Tuple) and found.contains is not None:
        yield "contains", strip_annotations(found.contains.text)
    if isinstance(found, Tuple):
        yield "items", [strip_annotations(item.text) for item in found.items]
        if not isinstance(found.rest, Anything):
            yield "additionalItems", strip_annotations(found.rest.text)
    if isinstance(found, Object):
        yield from _unread_of_object(found)


def _unread_of_object(found: Object) -> Iterator[tuple[str, Any]]:
    if found.patterns:
        yield (
            "patternProperties",
            {p: strip_annotations(inner.text) for p, inner in found.patterns.items()},
        )
    if found.names is not None:
        yield "propertyNames", strip_annotations(found.names.text)
    if found.dependencies:
        yield (
            "dependencies",
            {
                key: strip_annotations(wanted.text) if isinstance(wanted, Type) else list(wanted)
                for key, wanted in found.dependencies.items()
            },
        )


def _taken(types: Types, union: Union) -> str | None:
    """Return how many branches a value may fit, for a union whose branches may overlap."""
    branches = [branch for branch in union.branches if not is_null(branch)]
    if union.by_kind or values_of(union) is not None or len(branches) < 2:
        return None
    tag = told_apart(types, union).tag
    if tag or (tag == "" and all(map(_is_closed, map(types.resolve, branches)))):
        return None
    kinds = [kinds_of(types, branch) for branch in branches]
    if all(len(group) == 1 for group in apart(kinds)):
        return None
    return _EXACTLY if union.exact else _AT_LEAST


def _is_closed(found: Type) -> bool:
    """Whether an alternative takes no object but its own: another key tells the others apart."""
    return not isinstance(found, Object) or not found.properties or found.is_closed
