"""OpenAPI 3.0 says `nullable: true` for "or null". Draft-07 has no such keyword, so that null was refused.

Who writes the keyword means null: schemars does with its settings for OpenAPI, beside `type` as OpenAPI asks,
beside an `enum` that has no null, and beside the `allOf` in which it puts a reference. In all of these
places null is taken here. `nullable: false` says what draft-07 says without it.
"""

from __future__ import annotations

from typing import Any

from codexwire.ir.keywords import ANNOTATIONS
from codexwire.ir.model import Protocol, Schema
from codexwire.model.normalization import Compared, Effect, NormalizationRule
from codexwire.version import VersionRange

_ELSEWHERE = frozenset({"$ref", "allOf", "anyOf", "const", "if", "not", "oneOf"})
"""Keywords that may refuse null, whatever `type` says."""


def apply(_: Protocol, node: Schema) -> Schema | None:
    """Return a node that says in draft-07 whether null is taken."""
    if not isinstance(node, dict) or not isinstance(node.get("nullable"), bool):
        return None
    rest = {keyword: said for keyword, said in node.items() if keyword != "nullable"}
    return _or_null(rest) if node["nullable"] else rest


def _or_null(node: dict[str, Any]) -> dict[str, Any]:
    if "type" in node and _ELSEWHERE.isdisjoint(node):
        return node | _with_null(node)
    about = {key: said for key, said in node.items() if key in ANNOTATIONS or key[:2] == "x-"}
    asserted = {key: said for key, said in node.items() if key not in about}
    return {**about, "anyOf": [asserted, {"type": "null"}]} if asserted else node


def _with_null(node: dict[str, Any]) -> dict[str, Any]:
    """Return the keywords that say which values and kinds of values there are, null among them."""
    types = node["type"] if isinstance(node["type"], list) else [node["type"]]
    found: dict[str, Any] = {"type": [*dict.fromkeys([*types, "null"])]}
    if "enum" in node and None not in node["enum"]:
        found["enum"] = [*node["enum"], None]
    return found


RULE = NormalizationRule(
    id="n034-openapi-nullable",
    title="`nullable: true`, as OpenAPI writes it, is read as null beside the rest.",
    effect=Effect.PATCH,
    compared=Compared.ALWAYS,
    versions=VersionRange.parse("..0.0.0"),  # no release has it, but what other tools write
    evidence=(
        "OpenAPI 3.0.3, Schema Object: nullable adds null to the allowed type",
        "schemars 0.8, SchemaSettings::openapi3: option_nullable instead of a null type",
    ),
    node=apply,
)
