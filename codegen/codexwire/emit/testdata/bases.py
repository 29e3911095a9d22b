"""The valid values of a type that vectors begin with: smallest ones, and each with all its members."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from codexwire.model.choose import told_apart
from codexwire.model.sample import NoSampleError, TypeSampler
from codexwire.model.types import Ref, Scalar, Type, Union, split_nullable, values_of

__all__ = ["Base", "bases"]


@dataclass(frozen=True, slots=True)
class Base:
    """A valid value of a type: the smallest of one of its variants, and `more` members that it may have.

    `name` tells it from the others of its type, `full_name` the same with all members.
    """

    name: str
    value: Any
    more: dict[str, Any]

    @property
    def full_name(self) -> str:
        """What the value is called with all its members."""
        return "full" if self.name == "minimal" else f"full {self.name}"

    @property
    def full(self) -> Any:
        """The value with all its members."""
        return {**self.value, **self.more} if self.more else self.value


def bases(sampler: TypeSampler, found: Type) -> Iterator[Base]:
    """Yield a value of each variant of a type: of each branch of a union, of each value of an enum."""
    types = sampler.types
    resolved = types.resolve(found)
    listed = values_of(resolved)
    if listed is not None:
        yield from (Base(f"value {json.dumps(value)}", value, {}) for value in listed)
    elif isinstance(resolved, Union):
        tags = told_apart(types, resolved).values
        for index, branch in enumerate(resolved.branches):
            name = tags[index] if isinstance(tags[index], str) else _name(branch, index)
            yield from _base(sampler, found, branch, f"branch {name}")
    else:
        yield from _base(sampler, found, resolved, "minimal")


def _name(branch: Type, index: int) -> str:
    if isinstance(branch, Ref):
        return branch.name
    return branch.kind if isinstance(branch, Scalar) else str(index)


def _base(sampler: TypeSampler, whole: Type, branch: Type, name: str) -> Iterator[Base]:
    """Yield the base of one branch, if a value was found that is valid as the whole type."""
    try:
        value = sampler.sample(branch)
    except NoSampleError:
        return
    if sampler.fits(whole, value):
        yield Base(name, value, _more(sampler, whole, branch, value))


def _more(sampler: TypeSampler, whole: Type, branch: Type, value: Any) -> dict[str, Any]:
    """Return the members that a value of a branch lacks and may have, all of them together."""
    found: dict[str, Any] = {}
    if not isinstance(value, dict):
        return found
    waiting: dict[str, Any] = {}
    for key, inner in sampler.types.members(branch):
        if key in waiting:  # another type of it is of use only where the first one does not fit
            found |= _fitting(sampler, whole, {**value, **found}, waiting)
            waiting = {}
        if key in value or key in found:
            continue
        with suppress(NoSampleError):
            waiting[key] = sampler.sample(split_nullable(inner)[0])
    return found | _fitting(sampler, whole, {**value, **found}, waiting)


def _fitting(
    sampler: TypeSampler, whole: Type, value: dict[str, Any], more: dict[str, Any]
) -> dict[str, Any]:
    """Return those of more members that a value may have: all, or those of either half."""
    if not more or sampler.fits(whole, {**value, **more}):
        return more
    if len(more) == 1:
        return {}
    items = [*more.items()]
    half = len(items) // 2
    found = _fitting(sampler, whole, value, dict(items[:half]))
    return found | _fitting(sampler, whole, {**value, **found}, dict(items[half:]))
