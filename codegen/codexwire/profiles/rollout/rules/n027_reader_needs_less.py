"""The schema requires members that Codex's own reader does without.

Each release reads the files of those before it. `session_meta` has no `session_id` in files of up to
0.140.0, `turn_context` no `permission_profile` in those of up to 0.120.0, and a dynamic tool no `type` in
those of up to 0.135.0; 0.171.0 lists, reads and resumes such files, and appends to them.
"""

from __future__ import annotations

from typing import Any

from codexwire.ir.model import Protocol, Schema, TypeDef
from codexwire.ir.nodes import enum_values
from codexwire.model.normalization import Compared, Effect, NormalizationRule, Row
from codexwire.version import VersionRange

_NOT_NEEDED = {"SessionMetaLine": "session_id", "TurnContextItem": "permission_profile"}
_TOOL, _TAG = "DynamicToolSpec", "type"


def apply(_: Protocol, typedef: TypeDef) -> Schema | None:
    """Return the type without what its reader does not need."""
    schema = typedef.schema
    if not isinstance(schema, dict):
        return None
    if typedef.name == _TOOL and "oneOf" in schema:
        return {**schema, "oneOf": [_untagged(branch) for branch in schema["oneOf"]]}
    return _without(schema, _NOT_NEEDED.get(typedef.name, ""))


def _untagged(branch: dict[str, Any]) -> dict[str, Any]:
    """Return the branch of a function, which was all that a tool could be, without the need of a tag."""
    tag = enum_values(branch.get("properties", {}).get(_TAG, True))
    return _without(branch, _TAG) if tag == ("function",) else branch


def _without(node: dict[str, Any], name: str) -> dict[str, Any]:
    required = node.get("required", ())
    return {**node, "required": [r for r in required if r != name]} if name in required else node


RULE = NormalizationRule(
    id="n027-reader-needs-less",
    title="Members are required that Codex's own reader does without.",
    effect=Effect.PATCH,
    compared=Compared.ALWAYS,
    versions=VersionRange.parse("0.141.0.."),
    evidence=(
        "0.171.0 lists, reads and resumes files of 0.99.0, 0.125.0 and 0.150.0 (tried)",
        "session_id: missing in every file of 0.99.0–0.140.0; permission_profile: in those of "
        "0.99.0–0.120.0; the type of a dynamic tool: in those of 0.99.0–0.135.0",
    ),
    rows=(
        Row("DynamicToolSpec", VersionRange.parse("0.141.0..")),
        Row("SessionMetaLine", VersionRange.parse("0.142.0..")),
        Row("TurnContextItem", VersionRange.parse("0.169.0..")),
    ),
    typedef=apply,
)
