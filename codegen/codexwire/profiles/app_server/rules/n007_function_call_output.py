"""A function call's output is published as an object and sent as a string or an array.

`FunctionCallOutputPayload` describes the server's own struct (`content`, `content_items`, `success`; from
0.99.0 `body`, `success`), which is written out as its content alone: a string, or an array of content
items. 0.120.0 and later publish just that, under the name `FunctionCallOutputBody`.
"""

from __future__ import annotations

from codexwire.ir.model import Protocol, Schema, TypeDef, ref_to
from codexwire.model.normalization import Compared, Effect, NormalizationRule
from codexwire.version import VersionRange

PAYLOAD = "FunctionCallOutputPayload"
ITEM = "FunctionCallOutputContentItem"


def apply(protocol: Protocol, typedef: TypeDef) -> Schema | None:
    """Return the payload type as a string or an array of the content items of its namespace."""
    schema = typedef.schema
    if protocol.namespaces.bare(typedef.name) != PAYLOAD or not isinstance(schema, dict):
        return None
    item = typedef.name.removesuffix(PAYLOAD) + ITEM
    if schema.get("type") != "object" or item not in protocol.types:
        return None
    kept = {k: v for k, v in schema.items() if k in ("title", "description")}
    return {**kept, "anyOf": [{"type": "string"}, {"type": "array", "items": ref_to(item)}]}


RULE = NormalizationRule(
    id="n007-function-call-output",
    title="A function call's output is a string or an array, not an object.",
    effect=Effect.PATCH,
    compared=Compared.ALWAYS,
    versions=VersionRange.parse("..0.115.0"),
    evidence=(
        "0.58.0, 0.63.0, 0.72.0: every function_call_output of a session with raw events a string",
        "0.80.0–0.115.0: 14–23 strings and up to 2 arrays each, no object (recorded)",
    ),
    typedef=apply,
)
