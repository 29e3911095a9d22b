"""Cuts a schema of all releases down to what one of them has.

The releases stand beside the shapes: `x-since` and `x-until` (both included) on types, properties and
union branches, `x-enum-since` for single enum values, and `x-switch` where one shape replaces another.
"""

from __future__ import annotations

from typing import Any

from codexwire.ir.layout import UNIONS
from codexwire.ir.model import Schema
from codexwire.ir.nodes import ref_name
from codexwire.version import Version

__all__ = ["definitions_of", "param_names"]


def definitions_of(document: dict[str, Any], version: Version) -> dict[str, Schema]:
    """Return the definitions of a document that a release has, without what it does not have."""
    return {
        name: _pruned(node, version)
        for name, node in document["definitions"].items()
        if _has(node, version)
    }


def param_names(types: dict[str, Any], method: str) -> frozenset[str] | None:
    """Return the names of the params of a message of such definitions; None for an unknown method."""
    branches = (
        branch for union in UNIONS for branch in types.get(union.union, {}).get("oneOf", ())
    )
    messages = (branch["properties"] for branch in branches)
    found = next((m for m in messages if m["method"]["enum"] == [method]), None)
    if found is None:
        return None
    params = found.get("params", {})
    name = ref_name(params)
    return frozenset((params if name is None else types[name]).get("properties", ()))


def _has(node: Any, version: Version) -> bool:
    """Whether a release has a node."""
    if not isinstance(node, dict):
        return True
    since, until = node.get("x-since"), node.get("x-until")
    return not (
        (since is not None and version < Version.parse(since))
        or (until is not None and Version.parse(until) < version)
    )


def _pruned(node: Schema, version: Version) -> Schema:
    """Return the node without what `version` does not have, and without the version marks."""
    if not isinstance(node, dict):
        return node
    if "x-switch" in node:
        cases = [c for c in node["x-switch"] if _begun(c, version)]
        chosen = cases[-1]["schema"]
        return _pruned(chosen, version)
    out = {k: v for k, v in node.items() if k not in ("x-since", "x-until", "x-enum-since")}
    for keyword in ("oneOf", "anyOf", "allOf"):
        if keyword in out:
            out[keyword] = [_pruned(b, version) for b in out[keyword] if _has(b, version)]
    if isinstance(out.get("items"), dict):
        out["items"] = _pruned(out["items"], version)
    if isinstance(out.get("additionalProperties"), dict):
        out["additionalProperties"] = _pruned(out["additionalProperties"], version)
    if "properties" in out:
        out["properties"] = {
            key: _pruned(sub, version)
            for key, sub in out["properties"].items()
            if _has(sub, version)
        }
        required = [key for key in out.get("required", ()) if key in out["properties"]]
        out.pop("required", None)
        if required:
            out["required"] = required
    later = node.get("x-enum-since", {})
    if later:
        out["enum"] = [
            v for v in out["enum"] if v not in later or Version.parse(later[v]) <= version
        ]
    return out


def _begun(case: dict[str, Any], version: Version) -> bool:
    """Whether a case of an `x-switch` (oldest first) has come by `version`."""
    return "since" not in case or Version.parse(case["since"]) <= version
