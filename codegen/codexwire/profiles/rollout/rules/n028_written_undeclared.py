"""Members are written that the schema does not declare.

The metadata of a message says when it was made and what each of its parts is: `content_item_kinds` is the
only mark by which a program tells a user's words (`user.text`) from what the harness put in. A turn's
context keeps its `sandbox_policy`, which the schema has dropped.
"""

from __future__ import annotations

from codexwire.ir.model import Protocol, Schema, TypeDef
from codexwire.model.normalization import Compared, Effect, NormalizationRule, Row
from codexwire.version import VersionRange

_WRITTEN: dict[str, dict[str, Schema]] = {
    "InternalChatMessageMetadataPassthrough": {
        "create_time": {"type": ["number", "null"]},
        "content_item_kinds": {"type": ["array", "null"], "items": {"type": "string"}},
        "content_item_metadata": {"type": ["array", "null"]},
    },
    "TurnContextItem": {"sandbox_policy": True},
}


def apply(_: Protocol, typedef: TypeDef) -> Schema | None:
    """Return the type with what is written beside its published members."""
    schema, written = typedef.schema, _WRITTEN.get(typedef.name)
    if written is None or not isinstance(schema, dict):
        return None
    return {**schema, "properties": {**written, **schema["properties"]}}


RULE = NormalizationRule(
    id="n028-written-undeclared",
    title="Members are written that the schema does not declare.",
    effect=Effect.PATCH,
    compared=Compared.ALWAYS,
    versions=VersionRange.parse("0.142.0.."),
    evidence=(
        "create_time: on response items since 0.148.0; content_item_kinds since 0.150.0; "
        "content_item_metadata since 0.164.0 (the newest looked at: 0.171.0)",
        "turn_context.sandbox_policy: declared up to 0.168.0, written on to 0.171.0",
    ),
    rows=(
        Row("InternalChatMessageMetadataPassthrough", VersionRange.parse("0.142.0..")),
        Row("TurnContextItem", VersionRange.parse("0.169.0..")),
    ),
    typedef=apply,
)
