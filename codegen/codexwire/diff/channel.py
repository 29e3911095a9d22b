"""The stable part of a release, out of the merged schema that the archive keeps."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import Any

from codexwire.direction import Stability
from codexwire.ir.model import Protocol, Schema
from codexwire.ir.nodes import is_experimental
from codexwire.ir.walk import transform

__all__ = ["stable_part"]


def stable_part(protocol: Protocol) -> Protocol | None:
    """Return a protocol without what is experimental: what only its experimental schema has, and what
    a rule has marked in either.

    None when it was read without a stable schema, so that nothing tells them apart.
    """
    stable = tuple(s for s in protocol.sources if s.channel == "stable")
    if not stable:
        return None
    return replace(
        protocol,
        sources=stable,
        types=MappingProxyType(
            {
                name: replace(typedef, schema=_stable(typedef.schema))
                for name, typedef in protocol.types.items()
                if typedef.stability is not Stability.EXPERIMENTAL
            }
        ),
        methods=tuple(
            replace(method, branch=_stable(method.branch))
            for method in protocol.methods
            if method.stability is not Stability.EXPERIMENTAL
        ),
    )


def _stable(schema: Any) -> Any:
    return transform(schema, lambda _, node: _without_experimental(node))


def _without_experimental(node: Schema) -> Schema:
    """A node without its properties, alternatives and values that are marked experimental."""
    if not isinstance(node, dict):
        return node
    changed: dict[str, Any] = {}
    for word in ("oneOf", "anyOf"):
        if any(map(is_experimental, node.get(word, ()))):
            changed[word] = [branch for branch in node[word] if not is_experimental(branch)]
    gone = {name for name, inner in node.get("properties", {}).items() if is_experimental(inner)}
    if gone:
        changed["properties"] = {n: s for n, s in node["properties"].items() if n not in gone}
        changed["required"] = [name for name in node.get("required", ()) if name not in gone]
    if "x-experimental-values" in node:
        changed["enum"] = [v for v in node["enum"] if v not in node["x-experimental-values"]]
    return {**node, **changed} if changed else node
