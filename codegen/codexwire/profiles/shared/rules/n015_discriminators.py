"""Which member tells a union's branches apart is nowhere stated, though it nearly always exists.

`discriminator: {"propertyName": P}` is put on unions whose branches each require a single value of P, all
different (`mapping` has tag → reference where every branch is a reference);
`discriminator: {"externallyTagged": true}` on those whose object branches have one key each, beside
plain strings (not on alternatives within an object that has members of its own). What is left is told
apart by shape.
"""

from __future__ import annotations

from typing import Any

from codexwire.ir.model import Protocol, Schema, ref_to
from codexwire.ir.nodes import UnionNode, ref_name, union_of
from codexwire.model.normalization import Compared, Effect, NormalizationRule
from codexwire.version import VersionRange


def apply(protocol: Protocol, node: Schema) -> Schema | None:
    """Return a union with its discriminator, or None when it has none."""
    union = union_of(protocol, node)
    if union is None or union.tag is None or not isinstance(node, dict):
        return None
    if union.tag == "" and "properties" in node:
        return None
    return {**node, "discriminator": _discriminator(union)}


def _discriminator(union: UnionNode) -> dict[str, Any]:
    if union.tag == "":
        return {"externallyTagged": True}
    targets = {str(v.tag): ref_name(v.schema) for v in union.variants}
    mapping = {tag: ref_to(name)["$ref"] for tag, name in targets.items() if name}
    stated: dict[str, Any] = {"propertyName": union.tag}
    return {**stated, "mapping": mapping} if len(mapping) == len(targets) else stated


RULE = NormalizationRule(
    id="n015-discriminators",
    title="Tagged unions state their tag.",
    effect=Effect.ANNOTATE,
    compared=Compared.NEVER,
    versions=VersionRange(),
    evidence=(
        "every bundle: ThreadItem by type, externally tagged SessionSource",
        "0.63.0: McpStartupStatus by state; 0.169.0: GatewayAuth by mode, HookMetadata by handlerType",
    ),
    node=apply,
)
