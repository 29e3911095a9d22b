"""A string enum is published as a `oneOf` of enums with one value each, so that values can be described.

The branches become one `enum` node; what was said about each value goes to `x-enum-descriptions`
(value → text), values of branches that only the experimental schema has to `x-experimental-values`,
deprecated ones to `x-deprecated-values`. In a union that has other branches too, its plain string
branches become one branch. The same values are valid before and after.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from codexwire.ir.canonical import strip_annotations
from codexwire.ir.model import Protocol, Schema
from codexwire.model.normalization import Compared, Effect, NormalizationRule
from codexwire.version import VersionRange


def apply(_: Protocol, node: Schema) -> Schema | None:
    """Return a union with its plain string branches as one, or the enum that it is."""
    if not isinstance(node, dict):
        return None
    for keyword in ("oneOf", "anyOf"):
        branches = node.get(keyword)
        if not isinstance(branches, list):
            continue
        plain = [b for b in branches if _is_plain(b)]
        values = [v for b in plain for v in b["enum"]]
        if len(set(values)) < len(values):
            continue
        if len(plain) == len(branches) and _asserts_only(node, keyword):
            kept = {k: v for k, v in node.items() if k != keyword}
            return {**kept, **_enum(plain)}
        if len(plain) > 1:
            return {**node, keyword: _with_one(branches, plain)}
    return None


def _is_plain(branch: Any) -> bool:
    if not isinstance(branch, dict) or not isinstance(branch.get("enum"), list):
        return False
    bare = strip_annotations(branch)
    strings = all(isinstance(value, str) for value in branch["enum"])
    return strings and bare == {"type": "string", "enum": branch["enum"]}


def _asserts_only(node: dict[str, Any], keyword: str) -> bool:
    bare = strip_annotations(node)
    assert isinstance(bare, dict)
    return bare.keys() <= {keyword, "type"} and bare.get("type", "string") == "string"


def _with_one(branches: Sequence[Any], plain: Sequence[Any]) -> list[Any]:
    """Return the branches with one for all plain ones, where the first of them stood."""
    merged = _enum(plain)
    out: list[Any] = []
    for branch in branches:
        if branch not in plain:
            out.append(branch)
        elif merged not in out:
            out.append(merged)
    return out


def _enum(plain: Sequence[dict[str, Any]]) -> dict[str, Any]:
    described: dict[str, str] = {}
    experimental: list[str] = []
    deprecated: list[str] = []
    for branch in plain:
        values = branch["enum"]
        described |= branch.get("x-enum-descriptions", {})
        if "description" in branch:
            described |= dict.fromkeys(values, branch["description"])
        is_experimental = branch.get("x-stability") == "experimental"
        experimental += values if is_experimental else branch.get("x-experimental-values", ())
        is_deprecated = "x-deprecated" in branch
        deprecated += values if is_deprecated else branch.get("x-deprecated-values", ())
    node: dict[str, Any] = {"type": "string", "enum": [v for b in plain for v in b["enum"]]}
    marks = {
        "x-enum-descriptions": described,
        "x-experimental-values": experimental,
        "x-deprecated-values": deprecated,
    }
    return node | {key: value for key, value in marks.items() if value}


RULE = NormalizationRule(
    id="n010-string-enum-branches",
    title="A union of string enums is one enum.",
    effect=Effect.ANNOTATE,
    compared=Compared.NEVER,
    versions=VersionRange(),
    evidence=(
        "0.58.0: ReasoningSummary, ReviewDecision, PatchApplyStatus; 0.169.0: 20 such unions",
        "mixed with objects: ReviewDecision since 0.72.0, CodexErrorInfo of 0.169.0",
    ),
    node=apply,
)
