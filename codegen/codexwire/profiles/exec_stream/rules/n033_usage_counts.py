"""Counts of tokens that the SDK's types require are missing in older streams.

`reasoning_output_tokens` has come with 0.125.0, `cache_write_input_tokens` with 0.150.0, each in the types of
the SDK of its age. A stream does not say its release, so that who reads it with the newest types must do
without.
"""

from __future__ import annotations

from codexwire.ir.model import Protocol, Schema, TypeDef
from codexwire.model.normalization import Compared, Effect, NormalizationRule
from codexwire.version import VersionRange

TYPE = "Usage"
_LATER = frozenset({"reasoning_output_tokens", "cache_write_input_tokens"})


def apply(_: Protocol, typedef: TypeDef) -> Schema | None:
    """Return the type in which the later counts may be missing."""
    schema = typedef.schema
    if typedef.name != TYPE or not isinstance(schema, dict):
        return None
    required = [name for name in schema["required"] if name not in _LATER]
    return {**schema, "required": required} if len(required) < len(schema["required"]) else None


RULE = NormalizationRule(
    id="n033-usage-counts",
    title="Counts of tokens that the SDK's types require are missing in older streams.",
    effect=Effect.PATCH,
    compared=Compared.ALWAYS,
    versions=VersionRange.parse("0.125.0.."),
    evidence=(
        "exec streams of 0.99.0 and 0.115.0: neither; 0.125.0–0.144.4: reasoning_output_tokens alone",
        "0.150.0–0.171.0: all five counts on every turn.completed",
    ),
    typedef=apply,
)
