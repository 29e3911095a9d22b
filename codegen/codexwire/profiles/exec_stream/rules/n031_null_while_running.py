"""Members that the SDK's types leave out while an item is running are there and null.

A command that is running has the `exit_code` null, a call of an MCP tool its `result` and `error`; of a call
that has ended, the one of the two that does not apply is null.
"""

from __future__ import annotations

from codexwire.ir.model import Protocol, Schema, TypeDef
from codexwire.model.normalization import Compared, Effect, NormalizationRule, Row
from codexwire.version import VersionRange

_MEMBERS = {
    "CommandExecutionItem": ("exit_code",),
    "McpToolCallItem": ("result", "error"),
}


def apply(_: Protocol, typedef: TypeDef) -> Schema | None:
    """Return the type whose members may be null."""
    schema, names = typedef.schema, _MEMBERS.get(typedef.name, ())
    if not names or not isinstance(schema, dict):
        return None
    changed = {name: _nullable(schema["properties"][name]) for name in names}
    return {**schema, "properties": {**schema["properties"], **changed}}


def _nullable(node: Schema) -> Schema:
    if not isinstance(node, dict):
        return node
    if isinstance(node.get("type"), str):
        return {**node, "type": [node["type"], "null"]}
    return node if "$ref" not in node else {"anyOf": [node, {"type": "null"}]}


RULE = NormalizationRule(
    id="n031-null-while-running",
    title="Members that the SDK's types leave out while an item is running are null.",
    effect=Effect.PATCH,
    compared=Compared.ALWAYS,
    versions=VersionRange(),
    evidence=(
        "exec streams of 0.99.0–0.171.0, 11 releases: exit_code null on every item.started of a command",
        "the same: result and error null on item.started of MCP calls, error null on item.completed",
    ),
    rows=(
        Row("CommandExecutionItem", VersionRange()),
        Row("McpToolCallItem", VersionRange()),
    ),
    typedef=apply,
)
