"""The kinds of lines that a protocol of lines has, and the schema of each.

A kind is what the tags of a line say, from the outside in: `event_msg`, `item_completed`, `Plan`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from codexwire.ir.closed import together
from codexwire.ir.model import Protocol, Schema, ref_to
from codexwire.ir.nodes import UnionNode, union_of, unwrap
from codexwire.location import JsonPath, join_pointer

__all__ = ["LineKind", "LineKinds"]

_TAG = "type"
"""The member that tells the kinds of lines apart, in all protocols of lines."""
_REMEMBERED = 2000


@dataclass(frozen=True, slots=True)
class LineKind:
    """The kind of a line: its tags, and the schema of such lines.

    `unknown` is the pointer of a tag that this release does not have; then there is no schema.
    """

    tags: tuple[str, ...]
    schema: Schema = False
    unknown: str | None = None


class LineKinds:
    """The kinds of lines of one release, each made out when its first line comes.

    `nested` are the members, each inside the one before, whose variants are kinds of lines.
    """

    def __init__(self, protocol: Protocol, nested: tuple[str, ...]) -> None:
        self.protocol = protocol
        self._nested = nested
        self._kinds: dict[tuple[Any, ...], LineKind] = {}
        self._unions: dict[int, tuple[UnionNode | None, dict[str, Schema]]] = {}

    def of(self, line: Any) -> LineKind:
        """Return the kind of a line."""
        key = self._key(line)
        found = self._kinds.get(key)
        if found is None:
            found = self._narrow(ref_to(self.protocol.layout.root), line, (), ())
            if found.unknown is None or len(self._kinds) < _REMEMBERED:
                self._kinds[key] = found
        return found

    def _key(self, line: Any) -> tuple[Any, ...]:
        """Return what lines of one kind have in common: their tags, and which members have tags."""
        found, value = [_tag(line)], line
        for name in self._nested:
            value = value.get(name) if isinstance(value, dict) else None
            found.append(_tag(value))
        return tuple(found)

    def _narrow(self, schema: Schema, value: Any, tags: tuple[str, ...], at: JsonPath) -> LineKind:
        """Return the kind of a value, and the schema with the branches alone that its tags choose."""
        node = unwrap(self.protocol.resolve(unwrap(schema)))
        union, branches = self._union(node)
        if union is None or not union.tag or not isinstance(value, dict):
            return LineKind(tags, schema)
        tag = value.get(union.tag)
        if not isinstance(tag, str):
            return LineKind(tags, schema)
        tags = (*tags, tag)
        if tag not in branches:
            return LineKind(tags, unknown=join_pointer((*at, union.tag)))
        assert isinstance(node, dict)
        whole = self._whole(node, union, branches[tag])
        return self._nest(whole, value, tags, at)

    def _nest(
        self, whole: Schema, value: dict[str, Any], tags: tuple[str, ...], at: JsonPath
    ) -> LineKind:
        """Narrow the member of an object that has a kind of its own."""
        properties = whole.get("properties", {}) if isinstance(whole, dict) else {}
        name = next((n for n in self._nested if n in properties and n in value), None)
        if name is None:
            return LineKind(tags, whole)
        inner = self._narrow(properties[name], value[name], tags, (*at, name))
        if inner.unknown is not None:
            return inner
        assert isinstance(whole, dict)
        narrowed = {**whole, "properties": {**properties, name: inner.schema}}
        return LineKind(inner.tags, narrowed)

    def _whole(self, node: dict[str, Any], union: UnionNode, branch: Schema) -> Schema:
        """Return a branch together with what stands beside its union."""
        beside = {key: sub for key, sub in node.items() if key != union.keyword}
        own = self.protocol.resolve(branch)
        if "properties" not in beside:
            return own
        return together(beside, own) or {"allOf": [beside, own]}

    def _union(self, node: Schema) -> tuple[UnionNode | None, dict[str, Schema]]:
        if id(node) not in self._unions:
            union = union_of(self.protocol, node)
            branches = {str(v.tag): v.schema for v in union.variants} if union else {}
            self._unions[id(node)] = union, branches
        return self._unions[id(node)]


def _tag(value: Any) -> Any:
    tag = value.get(_TAG) if isinstance(value, dict) else None
    return tag if isinstance(tag, str) else (type(value), type(tag))
