"""Calls of the tools for sub-agents are items, which the SDK's types do not have.

A reader with the SDK's types meets an item of a type that it does not know whenever an agent begins, waits
for or closes another one.
"""

from __future__ import annotations

from codexwire.direction import Stability
from codexwire.ir.edit import add_types, data_beside
from codexwire.ir.model import Protocol, TypeDef, ref_to
from codexwire.model.normalization import Compared, Effect, NormalizationRule
from codexwire.version import VersionRange

UNION, ITEM = "ThreadItem", "CollabToolCallItem"


def apply(protocol: Protocol) -> Protocol | None:
    """Return the protocol with that kind of item."""
    union = protocol.types.get(UNION)
    if union is None or ITEM in protocol.types or not isinstance(union.schema, dict):
        return None
    protocol = add_types(protocol, data_beside(__file__), Stability.STABLE)
    schema = {**union.schema, "oneOf": [*union.schema["oneOf"], ref_to(ITEM)]}
    return protocol.with_types({UNION: TypeDef(UNION, schema, union.stability)})


RULE = NormalizationRule(
    id="n030-collab-tool-call",
    title="Calls of the tools for sub-agents are items.",
    effect=Effect.PATCH,
    compared=Compared.ALWAYS,
    versions=VersionRange(),
    evidence=(
        "exec streams of 0.115.0–0.171.0: spawn: spawn_agent, wait and close_agent begun and completed",
        "the other tools and states: CollabAgentTool and CollabAgentStatus of the app-server's schema, "
        "which the same binary writes",
    ),
    protocol=apply,
)
