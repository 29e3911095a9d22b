"""Which parts of a protocol the messages of recordings exercise: methods, variants, enum values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

from codexwire.direction import Kind, Side
from codexwire.ir.model import UNIONS, Method, Protocol, Schema, full_name, ref_to
from codexwire.ir.nodes import Union, Variant, enum_values, ref_name, union_of
from codexwire.ir.walk import Path, references, subschemas
from codexwire.location import join_pointer
from codexwire.wire.explain import Spot, accepts

__all__ = ["GROUPS", "Coverage", "Point", "everything"]

GROUPS = (
    "client requests",
    "server requests",
    "client notifications",
    "server notifications",
    "responses",
    "union variants",
    "enum values",
)

Point: TypeAlias = "tuple[str, str, str]"
"""Group, place (a method, or a union or enum: `v2/ThreadItem`), and the variant or value there."""

_ALTERNATIVES = ("oneOf", "anyOf")
_GROUP_OF = {(u.sender, u.kind): f"{u.sender} {u.kind}s" for u in UNIONS}


def everything(protocol: Protocol) -> frozenset[Point]:
    """Return every point that messages of a protocol can exercise."""
    points = {(_GROUP_OF[m.sender, m.kind], m.name, "") for m in protocol.methods}
    points |= {("responses", m.name, "") for m in protocol.methods if m.result}
    for owner, schema in _roots(protocol):
        for path, node in subschemas(schema):
            points.update(_points(protocol, owner, path, node))
    return frozenset(points)


def _roots(protocol: Protocol) -> Iterator[tuple[str, Schema]]:
    """Yield the params of every method and every type that messages reach."""
    waiting: list[str] = []
    for method in protocol.methods:
        if method.params is not None:
            yield _label(method), method.params
            waiting += references(method.params)
        if method.result is not None:
            waiting.append(method.result)
    reached: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            yield name, protocol.types[name].schema
            waiting += references(protocol.types[name].schema)


def _label(method: Method) -> str:
    return f"{method.sender} {method.name}"


def _place(owner: str, path: Path) -> str:
    return f"{owner}#{join_pointer(path)}" if path else owner


def _points(protocol: Protocol, owner: str, path: Path, node: Schema) -> Iterator[Point]:
    values = enum_values(node)
    if values is not None:
        if len(values) > 1:
            yield from (("enum values", _place(owner, path), str(v)) for v in values)
    elif union := union_of(protocol, node):
        yield from (("union variants", _place(owner, path), name) for name in _names(union))


def _names(union: Union) -> list[str]:
    return [_name(variant) for variant in union.variants]


def _name(variant: Variant) -> str:
    """Return the tag that selects a variant, else its type's name, else what it looks like."""
    if variant.tag is not None:
        return str(variant.tag)
    if enum_values(variant.schema) is not None:
        return "plain value"
    return ref_name(variant.schema) or f"alternative {variant.index + 1}"


class Coverage:
    """Gathers the points that messages exercise, in `seen`."""

    def __init__(self, protocol: Protocol) -> None:
        self.seen: set[Point] = set()
        self._protocol = protocol
        self._shapes: dict[int, tuple[tuple[Any, ...] | None, Union | None]] = {}

    def message(self, name: str, sender: Side, kind: Kind, params: Any) -> None:
        """Count a request or notification."""
        method = self._protocol.method(name, sender, kind)
        if method is not None:
            self.seen.add((_GROUP_OF[sender, kind], name, ""))
            if method.params is not None:
                self._visit(_label(method), (), method.params, params)

    def response(self, name: str, requester: Side, result: Any) -> None:
        """Count a successful response to a request of `requester`."""
        method = self._protocol.method(name, requester, Kind.REQUEST)
        if method is not None and method.result is not None:
            self.seen.add(("responses", name, ""))
            self._visit(method.result, (), ref_to(method.result), result)

    def _visit(self, owner: str, path: Path, node: Schema, value: Any) -> None:
        if not isinstance(node, dict):
            return
        if "$ref" in node:
            name = full_name(node["$ref"])
            self._visit(name, (), self._protocol.types[name].schema, value)
            return
        values, union = self._shape(node)
        if values is not None:
            if len(values) > 1 and value in values:
                self.seen.add(("enum values", _place(owner, path), str(value)))
            return
        for index, part in enumerate(node.get("allOf", ())):
            self._visit(owner, (*path, "allOf", index), part, value)
        self._choose(owner, path, node, union, value)
        if isinstance(value, dict):
            self._members(owner, path, node, value)
        elif isinstance(value, list) and "items" in node:
            for item in value:
                self._visit(owner, (*path, "items"), node["items"], item)

    def _members(self, owner: str, path: Path, node: dict[str, Any], value: dict[str, Any]) -> None:
        properties, other = node.get("properties", {}), node.get("additionalProperties")
        for key, inner in value.items():
            if key in properties:
                self._visit(owner, (*path, "properties", key), properties[key], inner)
            elif isinstance(other, dict):
                self._visit(owner, (*path, "additionalProperties"), other, inner)

    def _choose(
        self, owner: str, path: Path, node: dict[str, Any], union: Union | None, value: Any
    ) -> None:
        """Descend into the branch of a union that the value is of, and count it."""
        for keyword in _ALTERNATIVES:
            if keyword not in node:
                continue
            branches = node[keyword]
            chosen = self._branch(branches, union, value)
            if chosen is None:
                continue
            if union is not None:
                index = [v.index for v in union.variants].index(chosen)
                self.seen.add(("union variants", _place(owner, path), _names(union)[index]))
            self._visit(owner, (*path, keyword, chosen), branches[chosen], value)

    def _branch(self, branches: Any, union: Union | None, value: Any) -> int | None:
        if union is not None and union.tag and isinstance(value, dict):
            tag = value.get(union.tag)
            return next((v.index for v in union.variants if v.tag == tag), None)
        spot = Spot(self._protocol)
        fitting = (i for i, branch in enumerate(branches) if accepts(spot, branch, value))
        chosen = next(fitting, None)
        known = union is None or chosen in {v.index for v in union.variants}
        return chosen if known else None

    def _shape(self, node: dict[str, Any]) -> tuple[tuple[Any, ...] | None, Union | None]:
        shape = self._shapes.get(id(node))
        if shape is None:
            shape = self._shapes[id(node)] = (enum_values(node), union_of(self._protocol, node))
        return shape
