"""References that point to no type."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from codexwire.ir.keywords import schema_roots
from codexwire.ir.model import Protocol, Schema, full_name
from codexwire.ir.walk import nodes, subschemas
from codexwire.location import JsonPath

__all__ = ["Dangling", "dangling"]


class Dangling(Struct, frozen=True):
    """A `$ref` that points to no type: in which type or message it is, where in that node, what it says."""

    owner: str
    path: JsonPath
    ref: object


def dangling(protocol: Protocol) -> Iterator[Dangling]:
    """Yield every reference of types and messages that no type answers, in a fixed order."""

    def dangles(node: Schema) -> bool:
        if not isinstance(node, dict) or "$ref" not in node:
            return False
        ref = node["$ref"]
        return not (isinstance(ref, str) and full_name(ref) in protocol.types)

    for owner, schema in schema_roots(protocol):
        if any(map(dangles, nodes(schema))):  # they are rare, and their places cost much
            for path, node in subschemas(schema):
                if isinstance(node, dict) and dangles(node):
                    yield Dangling(owner, (*path, "$ref"), node["$ref"])
