"""The stable and the experimental schema of a release, out of the merged one that the archive keeps."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import Any

from codexwire.direction import Stability
from codexwire.ingest.archive import archive, archive_path
from codexwire.ingest.document import Document
from codexwire.ir.layout import message_union
from codexwire.ir.model import Protocol, Schema
from codexwire.ir.nodes import is_experimental
from codexwire.ir.walk import transform
from codexwire.version import Version

__all__ = ["archived_document", "stable_part"]

_MARKS = {"x-stability", "x-experimental-values"}


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


def archived_document(version: Version, channel: str) -> Document | None:
    """Return one of the two schemas of a release of the archive, without descriptions."""
    protocol = archive().protocol(version)
    if protocol is None or channel not in {s.channel for s in protocol.sources}:
        return None
    if channel == "stable":
        protocol = stable_part(protocol)
        assert protocol is not None  # it has a stable source
    types = {name: _unmarked(typedef.schema) for name, typedef in protocol.types.items()}
    for union in protocol.layout.unions:
        branches = [_unmarked(m.branch) for m in protocol.table(union.sender, union.kind)]
        if branches:
            types[union.union] = {"oneOf": branches, "title": union.union}
            if beside := protocol.envelope.get(message_union(union.sender, union.kind).union):
                types[union.union]["properties"] = dict(beside)
    return Document(f"{archive_path().name} {version}", types, {})


def _unmarked(schema: Any) -> Any:
    return transform(schema, lambda _, node: _without_marks(node))


def _without_marks(node: Schema) -> Schema:
    if isinstance(node, dict) and not _MARKS.isdisjoint(node):
        return {key: value for key, value in node.items() if key not in _MARKS}
    return node


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
        if "required" in node:
            changed["required"] = [name for name in node["required"] if name not in gone]
    if "x-experimental-values" in node:
        changed["enum"] = [v for v in node["enum"] if v not in node["x-experimental-values"]]
    return {**node, **changed} if changed else node
