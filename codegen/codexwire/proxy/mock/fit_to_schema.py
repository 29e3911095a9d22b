"""Fits a wanted value to a schema: the result is valid, and as like the wanted value as can be.

The mock writes what the newest release would send (`{"turn": {"id": …, "durationMs": …}}`).
`SchemaFitter` drops members that the schema of this release lacks and makes up those that it requires,
so the same code serves every release.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from codexwire.ir.model import Protocol, Schema
from codexwire.location import JsonPath
from codexwire.model.choose import Passed, passed
from codexwire.model.read import read
from codexwire.model.sample import NOTHING, members_kept
from codexwire.model.types import Object, Type
from codexwire.wire.explain import Spot, accepts
from codexwire.wire.sample import Sampler

__all__ = ["SchemaFitter", "merged", "stable_number"]


class SchemaFitter:
    """Fits and samples values of one protocol; the same seed and key give the same value."""

    def __init__(self, protocol: Protocol, seed: int) -> None:
        self.protocol = protocol
        self._seed = seed
        self._full = Sampler(protocol, seed)
        self._plain = Sampler(protocol, seed, optional=0)
        self._types = self._full.types

    def sample(self, schema: Schema, key: str) -> Any:
        """Return a value of a node, with about half of its optional members."""
        return self._full.again(stable_number(self._seed, key)).sample(read(schema))

    def fit(self, schema: Schema, want: Any, key: str) -> Any:
        """Return a valid value of a node, with those members of `want` that the node has."""
        return self._fit(read(schema), want, key)

    def _fit(self, found: Type, want: Any, key: str) -> Any:
        plain = self._plain.again(stable_number(self._seed, key))
        made = plain.like(found, want)
        if made is not NOTHING and self._fits(found, made):
            return made
        pieces = self._pieces(found, want, key)
        made = {**plain.sample(found), **pieces} if pieces else plain.sample(found)
        return made if self._fits(found, made) else plain.sample(found)

    def _pieces(self, found: Type, want: Any, key: str) -> dict[str, Any]:
        """Return what is wanted member by member: one that does not fit spoils no other."""
        node = self._types.resolve(found)
        if not isinstance(want, dict) or not isinstance(node, Object):
            return {}
        return {
            name: self._fit(inner, want[name], f"{key}/{name}")
            for name, inner in node.properties.items()
            if name in want
        }

    def fits_whole(self, schema: Schema, want: Any) -> bool:
        """Whether a node can have all of `want`."""
        made = self._plain.again(0).like(read(schema), want)
        return (
            made is not NOTHING
            and self.accepts(schema, made)
            and members_kept(want, made) == _size(want)
        )

    def accepts(self, schema: Schema, value: Any) -> bool:
        """Whether a value is valid for a node."""
        return accepts(Spot(self.protocol), schema, value)

    def passed(self, schema: Schema, value: Any) -> list[Passed]:
        """Return every type that a valid value passes."""
        return [*passed(self._types, read(schema), value, self._fits)]

    def with_ids(self, schema: Schema, value: Any, ids: Mapping[str, str]) -> Any:
        """Return a valid value with its ids replaced by those given, by their kind."""
        for step in self.passed(schema, value):
            wanted = ids.get(step.type.facts.identity)
            if wanted is not None and isinstance(step.value, str):
                value = _with(value, step.at, wanted)
        return value

    def _fits(self, found: Type, value: Any) -> bool:
        return self.accepts(found.text, value)


def stable_number(seed: int, key: str) -> int:
    """Return a number of 64 bits that depends on nothing but seed and key."""
    digest = hashlib.sha256(f"{seed}/{key}".encode()).digest()
    return int.from_bytes(digest[:8], "big")


def merged(below: Any, above: Any) -> Any:
    """Return `above` put over `below`: members of objects together, anything else as `above` says."""
    if isinstance(below, dict) and isinstance(above, dict):
        return {**below, **{k: merged(below.get(k), v) for k, v in above.items()}}
    return above


def _size(want: Any) -> int:
    if isinstance(want, dict):
        return sum(1 + _size(v) for v in want.values())
    return sum(map(_size, want)) if isinstance(want, list) else 1


def _with(value: Any, path: JsonPath, new: Any) -> Any:
    """Return a copy of a JSON value with another value at a path."""
    if not path:
        return new
    step, rest = path[0], path[1:]
    if isinstance(value, list):
        return [_with(v, rest, new) if i == step else v for i, v in enumerate(value)]
    return {k: _with(v, rest, new) if k == step else v for k, v in value.items()}
