"""Values made from types: seeded, smallest, or like a value that is wanted.

The same seed gives the same values on every machine. What is handed out is always checked by the exact
evaluator that the sampler was given.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Mapping, Sequence
from typing import Any

from codexwire.model.choose import Fits, kinds_of
from codexwire.model.kinds import INTEGER_RANGES, json_kind
from codexwire.model.read import Types
from codexwire.model.types import (
    All,
    Anything,
    Enum,
    Limited,
    List,
    Never,
    Object,
    Opaque,
    Ref,
    Tuple,
    Type,
    Union,
    is_null,
    values_of,
)

__all__ = ["NOTHING", "NoSampleError", "TypeSampler", "members_kept"]

NOTHING: Any = object()
"""Stands for a value that a type cannot take."""

_DEEP = 6
_ENDLESS = 1000
_TRIES = 20
_LARGE = 1000


class NoSampleError(ValueError):
    """No valid value was found for a type; the text names it."""


class TypeSampler:
    """Makes values of the types of one protocol, each call a new one.

    `optional` is the share of optional members that are written: 0 gives minimal values, 1 full ones.
    Integers keep to their formats' ranges, so samples stay valid when formats assert.
    """

    def __init__(self, types: Types, fits: Fits, seed: int = 0, *, optional: float = 0.5) -> None:
        self.types = types
        self.fits = fits
        self._random = random.Random(seed)
        self._optional = optional
        self._heights: dict[str, int] = {}

    def again(self, seed: int) -> TypeSampler:
        """Return a sampler of the same types that begins anew with another seed."""
        other = copy.copy(self)
        other._random = random.Random(seed)
        return other

    def sample(self, found: Type) -> Any:
        """Return a value of a type; NoSampleError when none was found."""
        for _ in range(_TRIES):
            try:
                made = self._make(found, "value", 0)
                if self.fits(found, made):
                    return made
            except RecursionError:
                break
            except (ValueError, IndexError, OverflowError):  # the picked branch has no value
                continue
        raise NoSampleError(f"no valid value found for {str(found.text)[:100]}")

    def like(self, found: Type, want: Any) -> Any:
        """Return a value of a type that has of `want` what the type knows; else NOTHING.

        Members that the type lacks are dropped, and those that it requires made up. The value need not
        be valid: two parts of a type may ask for what no value has.
        """
        if isinstance(found, Ref):
            return self.like(self.types.resolve(found), want)
        if isinstance(found, Anything | Opaque):
            return want
        if isinstance(found, Union):
            made = [self.like(branch, want) for branch in found.branches]
            fitting = [value for value in made if value is not NOTHING]
            return max(fitting, key=lambda value: members_kept(want, value), default=NOTHING)
        if isinstance(found, All):
            parts = [self.like(part, want) for part in found.members]
            return NOTHING if any(part is NOTHING for part in parts) else _join(parts)
        if not isinstance(found, Limited):
            return want if self.fits(found, want) else NOTHING
        return self._like_limited(found, want)

    def _like_limited(self, found: Limited, want: Any) -> Any:
        if json_kind(want) not in kinds_of(self.types, found):
            return NOTHING
        if isinstance(found, Object) and isinstance(want, dict):
            return self._like_object(found, want)
        if isinstance(found, List) and isinstance(want, list):
            items = [self.like(found.items, item) for item in want]
            return [item for item in items if item is not NOTHING]
        return want

    def _like_object(self, found: Object, want: dict[str, Any]) -> Any:
        made: dict[str, Any] = {}
        for name, inner in found.properties.items():
            value = self.like(inner, want[name]) if name in want else NOTHING
            if value is not NOTHING:
                made[name] = value
            elif name in found.required:
                if name in want and len(values_of(self.types.resolve(inner)) or ()) == 1:
                    return NOTHING  # the tag of another branch
                made[name] = None if self.fits(inner, None) else self.sample(inner)
        unnamed = [n for n in found.required if n not in found.properties and n not in want]
        made |= {name: self.sample(Anything()) for name in unnamed}
        rest = found.rest or (Never() if found.properties else Anything())
        others = ((n, self.like(rest, want[n])) for n in want if n not in found.properties)
        return made | {name: value for name, value in others if value is not NOTHING}

    def _make(self, found: Type, hint: str, depth: int) -> Any:
        if isinstance(found, Ref):
            return self._make(self.types.named(found.name), hint, depth + 1)
        if isinstance(found, Enum):
            return self._pick(found.values)
        if depth > _DEEP and _is_nullable(found):
            return None
        if isinstance(found, Union) and found.by_kind:
            return self._limited(self._pick(found.branches), hint, depth)
        if isinstance(found, Union):
            return self._make(self._branch(found, depth), hint, depth)
        if isinstance(found, All):
            return self._all(found, hint, depth)
        if isinstance(found, Limited):
            return self._limited(self._pick((found,)), hint, depth)  # a draw, as for one of several
        if isinstance(found, Never):
            raise NoSampleError(f"nothing is valid for {hint}")
        return self._pick([None, True, 7, f"{hint} {self._below(_LARGE)}", [1], {"key": "value"}])

    def _branch(self, union: Union, depth: int) -> Type:
        if depth <= _DEEP:
            return union.branches[self._below(len(union.branches))]
        return min(union.branches, key=lambda b: self._height(b, frozenset()))

    def _all(self, found: All, hint: str, depth: int) -> Any:
        listed = next((part for part in found.members if isinstance(part, Enum)), None)
        if listed is not None:
            return self._make(listed, hint, depth)
        known = [part for part in found.members if not isinstance(part, Opaque)]
        ordered = sorted(
            known, key=lambda part: part.path == found.path and isinstance(part, Limited)
        )
        made = {id(part): self._make(part, hint, depth) for part in ordered}
        return _join([made[id(part)] for part in known])

    def _limited(self, found: Limited, hint: str, depth: int) -> Any:
        if isinstance(found, Object):
            return self._object(found, hint, depth)
        if isinstance(found, List | Tuple):
            return self._array(found, hint, depth)
        kind = found.json_type
        if kind == "string":
            return self._string(found.limits, hint)
        if kind == "boolean":
            return self._random.random() < 0.5
        if kind == "null":
            return None
        whole = self._integer(found.limits)
        return whole if kind == "integer" else self._pick([whole, whole + 0.5])

    def _object(self, found: Object, hint: str, depth: int) -> dict[str, Any]:
        unnamed = [key for key in found.required if key not in found.properties]
        made = {key: self._make(Anything(), key, depth) for key in unnamed}
        for key, inner in found.properties.items():
            if key in found.required or self._wanted(inner, depth):
                made[key] = self._make(inner, key, depth + 1)
        if found.rest is not None and not found.is_closed and not found.properties:
            for _ in range(self._below(3) if depth <= _DEEP else 0):
                made[f"{hint} {self._below(_LARGE)}"] = self._make(found.rest, hint, depth + 1)
        for number in range(int(found.limits.get("minProperties", 0)) - len(made)):
            more = found.rest or Anything()
            made[f"{hint} {number + _LARGE}"] = self._make(more, hint, depth + 1)
        return made

    def _wanted(self, found: Type, depth: int) -> bool:
        if self._height(found, frozenset()) >= _ENDLESS:
            return False
        return depth <= _DEEP and self._random.random() < self._optional

    def _array(self, found: List | Tuple, hint: str, depth: int) -> list[Any]:
        least = int(found.limits.get("minItems", 0))
        most = int(min(found.limits.get("maxItems", least + 2), least + 2))
        length = least if depth > _DEEP else least + self._below(most - least + 1)
        if isinstance(found, Tuple):
            items = [*found.items, *[found.rest] * (length - len(found.items))]
        else:
            items = [found.contains] if found.contains is not None else []
            items += [found.items] * (length - len(items))
        return [self._make(each, hint, depth + 1) for each in items]

    def _string(self, limits: Mapping[str, Any], hint: str) -> str:
        text = f"{hint} {self._below(_LARGE)}"
        least, most = int(limits.get("minLength", 0)), limits.get("maxLength", len(text) + _LARGE)
        return text.ljust(least, "x")[: int(most)]

    def _integer(self, limits: Mapping[str, Any]) -> int:
        low, high = INTEGER_RANGES.get(limits.get("format", ""), (-_LARGE, _LARGE))
        low = max(low, int(limits.get("minimum", -1)), int(limits.get("exclusiveMinimum", -2)) + 1)
        high = min(
            high,
            int(limits.get("maximum", high)),
            int(limits.get("exclusiveMaximum", high + 1)) - 1,
        )
        found = self._random.choice([low, min(high, low + self._below(_LARGE))])
        return found + -found % (int(limits.get("multipleOf", 1)) or 1)

    def _pick(self, choices: Sequence[Any]) -> Any:
        return self._random.choice(choices)

    def _below(self, limit: int) -> int:
        return self._random.randrange(limit)

    def _height(self, found: Type, inside: frozenset[str]) -> int:
        """Return how deep the smallest value of a type is; `_ENDLESS` when it contains itself."""
        if isinstance(found, Ref):
            if found.name in inside:
                return _ENDLESS
            if found.name not in self._heights:
                target = self.types.named(found.name)
                self._heights[found.name] = 1 + self._height(target, inside | {found.name})
            return self._heights[found.name]
        if isinstance(found, Union):
            return min((self._height(b, inside) for b in found.branches), default=0)
        if isinstance(found, All):
            return max(self._height(part, inside) for part in found.members)
        if isinstance(found, Object):
            needed = [found.properties[k] for k in found.required if k in found.properties]
            return max((1 + self._height(inner, inside) for inner in needed), default=0)
        return 0


def _is_nullable(found: Type) -> bool:
    """Whether null is among the JSON types that a type is written with."""
    by_kind = found.branches if isinstance(found, Union) and found.by_kind else (found,)
    return any(map(is_null, by_kind))


def _join(parts: Sequence[Any]) -> Any:
    """Put what the parts of a type made into one value: members of objects together."""
    if all(isinstance(part, dict) for part in parts):
        return {key: member for part in parts for key, member in part.items()}
    return parts[-1]


def members_kept(want: Any, made: Any) -> int:
    """Return how many of the scalars of `want` are in `made`, at the same place."""
    if isinstance(want, dict):
        inside = made if isinstance(made, dict) else {}
        return sum(1 + members_kept(v, inside[k]) for k, v in want.items() if k in inside)
    if isinstance(want, list):
        return sum(map(members_kept, want, made)) if isinstance(made, list) else 0
    return int(type(want) is type(made) and want == made)
