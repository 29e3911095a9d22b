"""Fits a wanted value to a schema: the result is valid, and has of what is wanted what the schema knows.

The mock writes what the newest release would send (`{"turn": {"id": …, "durationMs": …}}`).
`SchemaFitter` drops members that the schema of this release lacks and makes up those that it requires,
so the same code serves every release.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from codexwire.ir.model import Protocol, Schema
from codexwire.wire.explain import Spot, accepts
from codexwire.wire.kinds import TYPE_KINDS, kind_of, types_of
from codexwire.wire.sample import Sampler

__all__ = ["NOTHING", "SchemaFitter", "merged", "stable_number"]

NOTHING: Any = object()
"""Stands for a value that a schema cannot take."""

Path = tuple["str | int", ...]


class SchemaFitter:
    """Fits and samples values of one protocol; the same seed and key give the same value."""

    def __init__(self, protocol: Protocol, seed: int) -> None:
        self.protocol = protocol
        self._seed = seed
        self._full = Sampler(protocol, seed)
        self._plain = Sampler(protocol, seed, optional=0)

    def sample(self, schema: Schema, key: str) -> Any:
        """Return a value of a node, with about half of its optional members."""
        return self._full.again(stable_number(self._seed, key)).value(schema)

    def fit(self, schema: Schema, want: Any, key: str) -> Any:
        """Return a valid value of a node, with those members of `want` that the node has."""
        plain = self._plain.again(stable_number(self._seed, key))
        made = self._fit(schema, want, plain)
        if made is not NOTHING and self.accepts(schema, made):
            return made
        pieces = self._pieces(schema, want, key)
        made = {**plain.value(schema), **pieces} if pieces else plain.value(schema)
        return made if self.accepts(schema, made) else plain.value(schema)

    def _pieces(self, schema: Schema, want: Any, key: str) -> dict[str, Any]:
        """Return what is wanted member by member: one that does not fit spoils no other."""
        node = self.protocol.resolve(schema)
        properties = node.get("properties", {}) if isinstance(node, dict) else {}
        if not isinstance(want, dict):
            return {}
        return {
            name: self.fit(sub, want[name], f"{key}/{name}")
            for name, sub in properties.items()
            if name in want
        }

    def fits_whole(self, schema: Schema, want: Any) -> bool:
        """Whether a node can have all of `want`."""
        made = self._fit(schema, want, self._plain.again(0))
        valid = made is not NOTHING and self.accepts(schema, made)
        return valid and _kept(want, made) == _size(want)

    def accepts(self, schema: Schema, value: Any) -> bool:
        """Whether a value is valid for a node."""
        return accepts(Spot(self.protocol), schema, value)

    def nodes(
        self, schema: Schema, value: Any, path: Path = ()
    ) -> Iterator[tuple[Path, dict[str, Any], Any]]:
        """Yield path, node and value for every node that a valid value passes."""
        if isinstance(schema, bool):
            return
        yield path, schema, value
        if "$ref" in schema:
            yield from self.nodes(self.protocol.resolve(schema), value, path)
            return
        for part in schema.get("allOf", ()):
            yield from self.nodes(part, value, path)
        for branch in (*schema.get("oneOf", ()), *schema.get("anyOf", ())):
            if self.accepts(branch, value):
                yield from self.nodes(branch, value, path)
                break
        if isinstance(value, dict):
            properties = schema.get("properties", {})
            rest = schema.get("additionalProperties", True)
            for name, member in value.items():
                yield from self.nodes(properties.get(name, rest), member, (*path, name))
        elif isinstance(value, list):
            for index, item in enumerate(value):
                yield from self.nodes(schema.get("items", True), item, (*path, index))

    def with_ids(self, schema: Schema, value: Any, ids: Mapping[str, str]) -> Any:
        """Return a valid value with its ids (`x-id`) replaced by those given, by their kind."""
        for path, node, found in list(self.nodes(schema, value)):
            wanted = ids.get(node.get("x-id", ""))
            if wanted is not None and isinstance(found, str):
                value = _with(value, path, wanted)
        return value

    def _fit(self, schema: Schema, want: Any, plain: Sampler) -> Any:
        if isinstance(schema, bool):
            return want if schema else NOTHING
        if "$ref" in schema:
            return self._fit(self.protocol.resolve(schema), want, plain)
        if "enum" in schema or "const" in schema:
            return want if self.accepts(schema, want) else NOTHING
        parts = [self._fit(part, want, plain) for part in schema.get("allOf", ())]
        parts += [
            self._best(schema[keyword], want, plain)
            for keyword in ("oneOf", "anyOf")
            if keyword in schema
        ]
        if types_of(schema) or "properties" in schema or not parts:
            parts.append(self._typed(schema, want, plain))
        if any(part is NOTHING for part in parts):
            return NOTHING
        if all(isinstance(part, dict) for part in parts):
            return {name: member for part in parts for name, member in part.items()}
        return parts[-1]

    def _best(self, branches: Sequence[Schema], want: Any, plain: Sampler) -> Any:
        """Return what the branch makes that keeps most of what is wanted."""
        made = [self._fit(branch, want, plain) for branch in branches]
        fitting = [value for value in made if value is not NOTHING]
        return max(fitting, key=lambda value: _kept(want, value), default=NOTHING)

    def _typed(self, node: dict[str, Any], want: Any, plain: Sampler) -> Any:
        types = types_of(node)
        if types and not any(kind_of(want) in TYPE_KINDS[t] for t in types):
            return NOTHING
        if isinstance(want, dict):
            return self._object(node, want, plain)
        if isinstance(want, list):
            items = [self._fit(node.get("items", True), item, plain) for item in want]
            return [item for item in items if item is not NOTHING]
        return want

    def _object(self, node: dict[str, Any], want: dict[str, Any], plain: Sampler) -> Any:
        properties: Mapping[str, Schema] = node.get("properties", {})
        required = node.get("required", ())
        made: dict[str, Any] = {}
        for name, schema in properties.items():
            value = self._fit(schema, want[name], plain) if name in want else NOTHING
            if value is not NOTHING:
                made[name] = value
            elif name in required:
                if name in want and _is_tag(self.protocol.resolve(schema)):
                    return NOTHING
                made[name] = None if self.accepts(schema, None) else plain.value(schema)
        made |= {n: plain.value(True) for n in required if n not in properties and n not in want}
        rest = node.get("additionalProperties", not properties)
        if rest is not False:
            others = ((n, self._fit(rest, want[n], plain)) for n in want if n not in properties)
            made |= {name: value for name, value in others if value is not NOTHING}
        return made


def stable_number(seed: int, key: str) -> int:
    """Return a number of 64 bits that depends on nothing but seed and key."""
    digest = hashlib.sha256(f"{seed}/{key}".encode()).digest()
    return int.from_bytes(digest[:8], "big")


def merged(below: Any, above: Any) -> Any:
    """Return `above` put over `below`: members of objects together, anything else as `above` says."""
    if isinstance(below, dict) and isinstance(above, dict):
        return {**below, **{k: merged(below.get(k), v) for k, v in above.items()}}
    return above


def _is_tag(schema: Schema) -> bool:
    return isinstance(schema, dict) and len(schema.get("enum", ())) == 1


def _kept(want: Any, made: Any) -> int:
    """How many of the scalars of `want` are in `made`, at the same place."""
    if isinstance(want, dict):
        inside = made if isinstance(made, dict) else {}
        return sum(1 + _kept(v, inside[k]) for k, v in want.items() if k in inside)
    if isinstance(want, list):
        return sum(map(_kept, want, made)) if isinstance(made, list) else 0
    return int(type(want) is type(made) and want == made)


def _size(want: Any) -> int:
    if isinstance(want, dict):
        return sum(1 + _size(v) for v in want.values())
    return sum(map(_size, want)) if isinstance(want, list) else 1


def _with(value: Any, path: Path, new: Any) -> Any:
    """Return a copy of a JSON value with another value at a path."""
    if not path:
        return new
    step, rest = path[0], path[1:]
    if isinstance(value, list):
        return [_with(v, rest, new) if i == step else v for i, v in enumerate(value)]
    return {k: _with(v, rest, new) if k == step else v for k, v in value.items()}
