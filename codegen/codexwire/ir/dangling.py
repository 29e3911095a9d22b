"""References that point to no type."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from codexwire.ir.keywords import schema_roots
from codexwire.ir.model import Protocol, full_name
from codexwire.ir.walk import Path, subschemas

__all__ = ["Dangling", "dangling"]


@dataclass(frozen=True, slots=True)
class Dangling:
    """A `$ref` that points to no type: in which type or message it is, where in that node, what it says."""

    owner: str
    path: Path
    ref: object


def dangling(protocol: Protocol) -> Iterator[Dangling]:
    """Yield every reference of types and messages that no type answers, in a fixed order."""
    for owner, schema in schema_roots(protocol):
        for path, node in subschemas(schema):
            if not isinstance(node, dict) or "$ref" not in node:
                continue
            ref = node["$ref"]
            if not (isinstance(ref, str) and full_name(ref) in protocol.types):
                yield Dangling(owner, (*path, "$ref"), ref)
