"""A change of files begins in progress, which the SDK's types do not have.

From 0.125.0 on an `item.started` comes before the patch is applied, with the status `in_progress`.
"""

from __future__ import annotations

from codexwire.ir.model import Protocol, Schema, TypeDef
from codexwire.model.normalization import Compared, Effect, NormalizationRule
from codexwire.version import VersionRange

TYPE, STATUS = "PatchApplyStatus", "in_progress"


def apply(_: Protocol, typedef: TypeDef) -> Schema | None:
    """Return the status with the value that a change begins with."""
    schema = typedef.schema
    if typedef.name != TYPE or not isinstance(schema, dict) or STATUS in schema.get("enum", ()):
        return None
    return {**schema, "enum": [STATUS, *schema["enum"]]}


RULE = NormalizationRule(
    id="n032-file-change-in-progress",
    title="A change of files begins in progress.",
    effect=Effect.PATCH,
    compared=Compared.ALWAYS,
    versions=VersionRange(),
    evidence=(
        "exec streams of 0.125.0–0.171.0: patch: every item.started of a file_change",
        "0.99.0, 0.115.0: no item.started of a file_change",
    ),
    typedef=apply,
)
