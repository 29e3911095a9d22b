"""Valid values made from the schema: the same seed gives the same values on every machine.

`Sampler(protocol, seed)` makes params, results and whole messages for tests, witnesses and mock
servers. What it returns is always checked with the reference walk before it is handed out.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from codexwire.ir.model import Method, Protocol, Schema, full_name, ref_to
from codexwire.wire.complete import complete
from codexwire.wire.envelope import message_schema
from codexwire.wire.explain import Spot, accepts
from codexwire.wire.formats import INTEGER_RANGES
from codexwire.wire.kinds import types_of

__all__ = ["NoSampleError", "Sampler"]

_DEEP = 6
_ENDLESS = 1000
_TRIES = 20
_LARGE = 1000


class NoSampleError(ValueError):
    """No valid value was found for a node; the text names it."""


class Sampler:
    """Makes valid values of one protocol, each call a new one.

    `optional` is the share of optional members that are written: 0 gives minimal messages, 1 full
    ones. Integers keep to their formats' ranges, so samples stay valid when formats assert.
    """

    def __init__(self, protocol: Protocol, seed: int = 0, *, optional: float = 0.5) -> None:
        self._protocol, _ = complete(protocol)
        self._random = random.Random(seed)
        self._optional = optional
        self._heights: dict[str, int] = {}

    def again(self, seed: int) -> Sampler:
        """Return a sampler of the same protocol that begins anew with another seed."""
        other = copy.copy(self)
        other._random = random.Random(seed)
        return other

    def message(self, method: Method) -> dict[str, Any]:
        """Return a whole message of a method, with what stands beside the published union."""
        made: dict[str, Any] = self.value(message_schema(self._protocol, method))
        return made

    def result(self, method: Method) -> Any:
        """Return a result for a request whose response type is known."""
        if method.result is None:
            raise NoSampleError(f"the response type of {method.name} is not known")
        return self.value(ref_to(method.result))

    def value(self, schema: Schema) -> Any:
        """Return a value that is valid for a node; NoSampleError when none was found."""
        for _ in range(_TRIES):
            try:
                made = self._make(schema, "value", 0)
                if accepts(Spot(self._protocol, formats=True), schema, made):
                    return made
            except RecursionError:
                break
            except (
                ValueError,
                IndexError,
                OverflowError,
            ):  # no value of the branch that was picked
                continue
        raise NoSampleError(f"no valid value found for {str(schema)[:100]}")

    def _make(self, schema: Schema, hint: str, depth: int) -> Any:
        if schema is True:
            return self._pick(
                [None, True, 7, f"{hint} {self._below(_LARGE)}", [1], {"key": "value"}]
            )
        if schema is False:
            raise NoSampleError(f"nothing is valid for {hint}")
        if "$ref" in schema:
            name = full_name(schema["$ref"])
            return self._make(self._protocol.types[name].schema, hint, depth + 1)
        if "const" in schema or "enum" in schema:
            return self._pick([schema["const"]] if "const" in schema else schema["enum"])
        parts = [self._make(p, hint, depth) for p in schema.get("allOf", ())]
        for keyword in ("oneOf", "anyOf"):
            if keyword in schema:
                branch = self._branch(schema[keyword], depth)
                parts.append(self._make(branch, hint, depth))
        own = self._typed(schema, hint, depth, bool(parts))
        return _join([*own, *parts])

    def _branch(self, branches: Sequence[Schema], depth: int) -> Schema:
        if depth > _DEEP:
            return min(branches, key=lambda b: self._height(b, frozenset()))
        return branches[self._below(len(branches))]

    def _typed(self, node: dict[str, Any], hint: str, depth: int, joined: bool) -> list[Any]:
        """Return the value that the node's own keywords ask for; none when its parts decide."""
        types = types_of(node)
        if not types:
            members = "properties" in node or "required" in node
            if not members:
                return [] if joined else [self._make(True, hint, depth)]
            types = ("object",)
        if depth > _DEEP and "null" in types:
            return [None]
        return [_MAKERS[self._pick(types)](self, node, hint, depth)]

    def _object(self, node: dict[str, Any], hint: str, depth: int) -> dict[str, Any]:
        properties: Mapping[str, Schema] = node.get("properties", {})
        required = node.get("required", ())
        made = {k: self._make(True, k, depth) for k in required if k not in properties}
        for key, schema in properties.items():
            if key in required or self._wanted(schema, depth):
                made[key] = self._make(schema, key, depth + 1)
        rest = node.get("additionalProperties", False)
        if rest is not False and not properties and depth <= _DEEP:
            for _ in range(self._below(3)):
                made[f"{hint} {self._below(_LARGE)}"] = self._make(rest, hint, depth + 1)
        for number in range(int(node.get("minProperties", 0)) - len(made)):
            more = node.get("additionalProperties", True)
            made[f"{hint} {number + _LARGE}"] = self._make(more, hint, depth + 1)
        return made

    def _wanted(self, schema: Schema, depth: int) -> bool:
        if self._height(schema, frozenset()) >= _ENDLESS:
            return False
        return depth <= _DEEP and self._random.random() < self._optional

    def _array(self, node: dict[str, Any], hint: str, depth: int) -> list[Any]:
        least = int(node.get("minItems", 0))
        most = int(min(node.get("maxItems", least + 2), least + 2))
        length = least if depth > _DEEP else least + self._below(most - least + 1)
        items = node.get("items", True)
        if isinstance(items, list):
            rest = node.get("additionalItems", True)
            nodes = [*items, *[rest] * (length - len(items))]
        else:
            nodes = [node["contains"]] if "contains" in node else []
            nodes += [items] * (length - len(nodes))
        return [self._make(each, hint, depth + 1) for each in nodes]

    def _string(self, node: dict[str, Any], hint: str, _: int) -> str:
        text = f"{hint} {self._below(_LARGE)}"
        least, most = int(node.get("minLength", 0)), node.get("maxLength", len(text) + _LARGE)
        return text.ljust(least, "x")[: int(most)]

    def _integer(self, node: dict[str, Any], _: str, __: int) -> int:
        low, high = INTEGER_RANGES.get(node.get("format", ""), (-_LARGE, _LARGE))
        low = max(low, int(node.get("minimum", -1)), int(node.get("exclusiveMinimum", -2)) + 1)
        high = min(
            high, int(node.get("maximum", high)), int(node.get("exclusiveMaximum", high + 1)) - 1
        )
        found = self._random.choice([low, min(high, low + self._below(_LARGE))])
        return found + -found % (int(node.get("multipleOf", 1)) or 1)

    def _number(self, node: dict[str, Any], hint: str, depth: int) -> float:
        whole = self._integer(node, hint, depth)
        return self._random.choice([whole, whole + 0.5])

    def _boolean(self, _: dict[str, Any], __: str, ___: int) -> bool:
        return self._random.random() < 0.5

    def _null(self, _: dict[str, Any], __: str, ___: int) -> None:
        return None

    def _pick(self, choices: Sequence[Any]) -> Any:
        return self._random.choice(choices)

    def _below(self, limit: int) -> int:
        return self._random.randrange(limit)

    def _height(self, schema: Schema, inside: frozenset[str]) -> int:
        """Return how deep the smallest value of a node is; `_ENDLESS` when it contains itself."""
        if isinstance(schema, bool):
            return 0
        if "$ref" in schema:
            name = full_name(schema["$ref"])
            if name in inside:
                return _ENDLESS
            if name not in self._heights:
                target = self._protocol.types[name].schema
                self._heights[name] = 1 + self._height(target, inside | {name})
            return self._heights[name]
        if "null" in types_of(schema):
            return 0
        heights = [0]
        for keyword in ("oneOf", "anyOf"):
            if keyword in schema:
                heights.append(min(self._height(b, inside) for b in schema[keyword]))
        heights += [self._height(b, inside) for b in schema.get("allOf", ())]
        if "object" in types_of(schema):
            properties = schema.get("properties", {})
            required = [properties[k] for k in schema.get("required", ()) if k in properties]
            heights += [1 + self._height(node, inside) for node in required]
        return max(heights)


def _join(parts: Sequence[Any]) -> Any:
    """Put what the parts of a node made into one value: members of objects together."""
    if len(parts) > 1 and all(isinstance(p, dict) for p in parts):
        return {key: member for part in parts for key, member in part.items()}
    return parts[-1]


_MAKERS: Mapping[str, Callable[[Sampler, dict[str, Any], str, int], Any]] = {
    "object": Sampler._object,
    "array": Sampler._array,
    "string": Sampler._string,
    "integer": Sampler._integer,
    "number": Sampler._number,
    "boolean": Sampler._boolean,
    "null": Sampler._null,
}
