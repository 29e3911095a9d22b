"""Canonical JSON and digests: the same value gives the same bytes on every machine."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from codexwire.ir.keywords import ANNOTATIONS
from codexwire.ir.model import Protocol, Schema
from codexwire.ir.walk import transform

__all__ = ["bare", "canonical_json", "digest", "protocol_digest", "strip_annotations"]


def canonical_json(value: Any) -> str:
    """Return `value` as JSON with sorted keys, no blanks, and non-ASCII characters kept."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(value: Any) -> str:
    """Return the SHA-256 hex digest of the canonical JSON of `value`."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()


def protocol_digest(protocol: Protocol) -> str:
    """Return the digest of a protocol: its types, methods and envelope, not where it came from."""
    return digest(
        {
            "types": {n: [t.schema, t.stability] for n, t in protocol.types.items()},
            "methods": [
                [m.sender, m.kind, m.name, m.branch, m.stability, m.namespace, m.result]
                for m in protocol.methods
            ],
            "envelope": {union: dict(props) for union, props in protocol.envelope.items()},
        }
    )


def bare(schema: Schema) -> Schema:
    """Return the node without its descriptions."""
    return transform(schema, lambda _, node: _undescribed(node))


def _undescribed(node: Schema) -> Schema:
    if isinstance(node, dict) and isinstance(node.get("description"), str):
        return {k: v for k, v in node.items() if k != "description"}
    return node


def strip_annotations(schema: Schema) -> Schema:
    """Return the node without keywords that say nothing about which values are valid."""
    return transform(schema, lambda _, node: _strip(node))


def _strip(node: Schema) -> Schema:
    if not isinstance(node, dict):
        return node
    return {k: v for k, v in node.items() if k not in ANNOTATIONS and not k.startswith("x-")}
