"""Stable and experimental schemas of one release become one, each part marked with its stability."""

from __future__ import annotations

from typing import Any

from codexwire.direction import Stability
from codexwire.ir.canonical import canonical_json, strip_annotations
from codexwire.ir.model import Schema
from codexwire.ir.nodes import TAG_PRIORITY, enum_values

__all__ = ["merge_types"]


def merge_types(
    stable: dict[str, Schema], experimental: dict[str, Schema]
) -> tuple[dict[str, tuple[Schema, Stability]], list[str]]:
    """Return the merged types with their stability, and the places (`v2/Thread#/properties/id/type`) where
    the two contradict.

    The experimental schema is taken for the truth (servers send experimental fields to everybody);
    what the stable one lacks is marked `x-stability: experimental`.
    """
    merged: dict[str, tuple[Schema, Stability]] = {}
    clashes: list[str] = []
    for name, node in experimental.items():
        if name not in stable:
            merged[name] = (node, Stability.EXPERIMENTAL)
            continue
        merged[name] = (_merge(stable[name], node, f"{name}#", clashes), Stability.STABLE)
    for name, node in stable.items():
        if name not in experimental:
            merged[name] = (node, Stability.STABLE)
    return merged, clashes


def _merge(stable: Schema, node: Schema, where: str, clashes: list[str]) -> Schema:
    if not isinstance(stable, dict) or not isinstance(node, dict):
        if stable != node:
            clashes.append(where)
        return node
    out: dict[str, Any] = {}
    for keyword, value in node.items():
        before = stable.get(keyword)
        if keyword == "properties":
            out[keyword] = _merge_properties(before or {}, value, where, clashes)
        elif keyword in ("oneOf", "anyOf") and isinstance(before, list):
            out[keyword] = _merge_branches(before, value, f"{where}/{keyword}", clashes)
        elif keyword in ("items", "additionalProperties") and isinstance(value, dict):
            out[keyword] = _merge(before or {}, value, f"{where}/{keyword}", clashes)
        elif keyword == "enum":
            out[keyword] = value
            added = [v for v in value if v not in (before or ())]
            if added and before is not None:
                out["x-experimental-values"] = added
        else:
            out[keyword] = value
            if keyword in ("type", "$ref") and before != value:
                clashes.append(f"{where}/{keyword}")
    return out


def _merge_properties(
    stable: dict[str, Any], properties: dict[str, Any], where: str, clashes: list[str]
) -> dict[str, Any]:
    return {
        key: _merge(stable[key], node, f"{where}/properties/{key}", clashes)
        if key in stable
        else _mark(node)
        for key, node in properties.items()
    }


def _merge_branches(
    stable: list[Any], branches: list[Any], where: str, clashes: list[str]
) -> list[Any]:
    known = {_branch_key(b): b for b in stable}
    return [
        _merge(known[key], branch, f"{where}/{index}", clashes)
        if (key := _branch_key(branch)) in known
        else _merge_enum_branch(stable, branch)
        for index, branch in enumerate(branches)
    ]


def _merge_enum_branch(stable: list[Any], branch: Schema) -> Schema:
    """Mark a branch that the stable union lacks; an enum branch only for the values it adds."""
    values = enum_values(branch)
    if values is None or not isinstance(branch, dict):
        return _mark(branch)
    known = {v for b in stable for v in (enum_values(b) or ())}
    added = [v for v in values if v not in known]
    if len(added) == len(values):
        return _mark(branch)
    return {**branch, "x-experimental-values": added} if added else branch


def _mark(node: Schema) -> Schema:
    return (
        {**(node if isinstance(node, dict) else {}), "x-stability": "experimental"}
        if node
        else node
    )


def _branch_key(branch: Schema) -> str:
    """What a union branch is known by: its tags, its one key, its reference, else its content."""
    if not isinstance(branch, dict):
        return canonical_json(branch)
    required = branch.get("required", [])
    properties = branch.get("properties", {})
    tags = {k: v for k in required if (v := enum_values(properties.get(k, True))) and len(v) == 1}
    for tag in TAG_PRIORITY:
        if tag in tags:
            return f"{tag}={tags[tag]}"
    if tags:
        return canonical_json(sorted(tags.items()))
    if branch.get("type") == "object" and required:
        return f"keys={sorted(required)}"
    return canonical_json(strip_annotations(branch))
