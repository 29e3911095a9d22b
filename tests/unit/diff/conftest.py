"""The set-theoretic oracle: what a closed sender of one version writes, judged by the other's schema.

It shares nothing with the diff: values are made straight from the schema nodes, and jsonschema-rs is
the judge. Number formats are written out as limits, for it asserts formats of strings only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import jsonschema_rs
import pytest

from codexwire.ingest import load
from codexwire.ir.model import Protocol, full_name
from codexwire.normalize import Effect, normalize

_RANGES = {
    "int32": (-(2**31), 2**31 - 1),
    "int64": (-(2**63), 2**63 - 1),
    "uint8": (0, 2**8 - 1),
    "uint16": (0, 2**16 - 1),
    "uint32": (0, 2**32 - 1),
    "uint64": (0, 2**64 - 1),
    "uint": (0, 2**64 - 1),
}
_DEPTH = 3


class Oracle:
    """One version: values of its types from a closed sender, and what it accepts."""

    def __init__(self, protocol: Protocol) -> None:
        self.types = {name: typedef.schema for name, typedef in protocol.types.items()}
        self._registry = jsonschema_rs.Registry(
            [("urn:protocol", {**_ranged(protocol.document()), "$id": "urn:protocol"})],
            draft=jsonschema_rs.Draft7,
        )
        self._validators: dict[str, Any] = {}

    def accepts(self, name: str, value: Any) -> bool:
        """Whether a value is valid as the type of a full name."""
        if name not in self._validators:
            self._validators[name] = self.validator(name)
        return bool(self._validators[name].is_valid(value))

    def validator(self, place: str) -> Any:
        """Return a validator for a place below `definitions`."""
        return jsonschema_rs.Draft7Validator(
            {"$ref": f"urn:protocol#/definitions/{place}"},
            registry=self._registry,
        )

    def values(self, name: str) -> list[Any]:
        """Return values of a type, every alternative and every property of it among them."""
        return list(self._values({"$ref": f"#/definitions/{name}"}, _DEPTH, ()))

    def _values(self, node: Any, depth: int, seen: tuple[str, ...]) -> Iterator[Any]:
        """Yield values of a node, the smallest first."""
        if node is False:
            return
        if node is True or not node:
            yield from (None, True, 0, "any", [], {"any": None})
            return
        if "$ref" in node:
            name = full_name(node["$ref"])
            if name not in seen and name in self.types:
                yield from self._values(self.types[name], depth, (*seen, name))
            return
        if "enum" in node:
            yield from node["enum"]
            return
        for word in ("allOf", "anyOf", "oneOf"):
            if word in node:
                yield from self._union(node, word, depth, seen)
                return
        kinds = node.get("type", "object")
        for kind in [kinds] if isinstance(kinds, str) else kinds:
            yield from self._of_kind(kind, node, depth, seen)

    def _union(self, node: Any, word: str, depth: int, seen: tuple[str, ...]) -> Iterator[Any]:
        beside = [{}]
        if "properties" in node:
            own = {k: v for k, v in node.items() if k not in ("allOf", "anyOf", "oneOf")}
            beside = [v for v in self._values(own, depth, seen) if isinstance(v, dict)]
        for branch in node[word]:
            found = list(self._values(branch, depth, seen))
            yield from ({**beside[0], **v} if isinstance(v, dict) else v for v in found)
            if found and isinstance(found[0], dict):
                yield from ({**b, **found[0]} for b in beside[1:])

    def _of_kind(self, kind: str, node: Any, depth: int, seen: tuple[str, ...]) -> Iterator[Any]:
        if kind == "null":
            yield None
        elif kind == "boolean":
            yield from (False, True)
        elif kind == "string":
            yield "s" * max(1, node.get("minLength", 0))
            if not node.get("minLength"):
                yield ""
        elif kind == "integer":
            low, high = _RANGES.get(node.get("format", ""), (-(2**63), 2**63 - 1))
            low = max(low, int(node.get("minimum", low)))
            yield from sorted({0 if low <= 0 else low, low, high}, key=abs)
        elif kind == "number":
            yield from (0, 1.5, -3)
        elif kind == "array":
            yield []
            if depth:
                yield from ([v] for v in self._values(node.get("items", True), depth - 1, seen))
        else:
            yield from self._objects(node, depth, seen)

    def _objects(self, node: Any, depth: int, seen: tuple[str, ...]) -> Iterator[Any]:
        properties = node.get("properties", {})
        base = {}
        for name in node.get("required", ()):
            first = next(self._values(properties.get(name, True), max(0, depth - 1), seen), None)
            base[name] = self._smallest(properties.get(name, True)) if first is None else first
        yield base
        more = node.get("additionalProperties")
        if isinstance(more, dict) or (more is True and not properties):
            yield from ({**base, "k": v} for v in self._values(more, max(0, depth - 1), seen))
        if depth == 0:
            return
        full = dict(base)
        for name, schema in properties.items():
            for value in self._values(schema, depth - 1, seen):
                yield {**base, name: value}
                full[name] = value
        yield full

    def _smallest(self, node: Any) -> Any:
        return next(self._values(node, 0, ()), None)


def _ranged(node: Any) -> Any:
    """The schema with the range of every integer format as `minimum` and `maximum`."""
    if isinstance(node, list):
        return [_ranged(item) for item in node]
    if not isinstance(node, dict):
        return node
    found = {key: _ranged(value) for key, value in node.items()}
    span = _RANGES.get(node["format"]) if isinstance(node.get("format"), str) else None
    if span is not None and "integer" in node.get("type", ()):
        found["minimum"] = max(span[0], int(node.get("minimum", span[0])))
        found["maximum"] = min(span[1], int(node.get("maximum", span[1])))
    return found


@cache
def _published(version: str) -> Protocol:
    return normalize(load(version), effects=(Effect.ANNOTATE,)).protocol


@cache
def _oracle(version: str) -> Oracle:
    return Oracle(_published(version))


@pytest.fixture(scope="session")
def published() -> Callable[[str], Protocol]:
    """The protocol of a version as it was published, responses resolved."""
    return _published


@pytest.fixture(scope="session")
def oracle() -> Callable[[str], Oracle]:
    """The oracle of a version."""
    return _oracle


@pytest.fixture(scope="session")
def oracle_of() -> Callable[[Protocol], Oracle]:
    """The oracle of any protocol."""
    return Oracle
