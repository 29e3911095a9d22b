"""Two types called `WebSearchAction` became one in the bundle, and the wrong one is left.

A thread item's web search has the actions `openPage` and `findInPage`; the raw item of the Responses API
has `open_page` and `find_in_page`. The bundles of 0.93.0 to 0.111.0 hold only the second, under
`v2/WebSearchAction`, and both refer to it. Later releases publish two types: `WebSearchAction` for the
thread item, `ResponsesApiWebSearchAction` for the raw one; this rule gives the older ones the same.
"""

from __future__ import annotations

from dataclasses import replace

from codexwire.ir.edit import retarget
from codexwire.ir.model import Protocol, Schema, TypeDef
from codexwire.ir.walk import references, transform
from codexwire.model.normalization import Compared, Effect, NormalizationRule
from codexwire.version import VersionRange

ITEM = "v2/ThreadItem"
ACTION = "v2/WebSearchAction"
RAW = "v2/ResponsesApiWebSearchAction"
TAGS = {"open_page": "openPage", "find_in_page": "findInPage"}


def apply(protocol: Protocol) -> Protocol | None:
    """Return the protocol with one action type each for thread items and raw items."""
    action, item = protocol.types.get(ACTION), protocol.types.get(ITEM)
    if action is None or item is None or ACTION not in references(item.schema):
        return None
    camel = transform(action.schema, lambda _, node: _in_camel_case(node))
    if camel is action.schema or RAW in protocol.types:
        return None
    raw = TypeDef(RAW, action.schema, action.stability)
    elsewhere = retarget(protocol, {ACTION: RAW})
    return elsewhere.with_types({ITEM: item, ACTION: replace(action, schema=camel), RAW: raw})


def _in_camel_case(node: Schema) -> Schema:
    if isinstance(node, dict) and len(node.get("enum", ())) == 1 and node["enum"][0] in TAGS:
        return {**node, "enum": [TAGS[node["enum"][0]]]}
    return node


RULE = NormalizationRule(
    id="n023-web-search-action-overwritten",
    title="A thread item's web search action is published with the tags of the raw item.",
    effect=Effect.RESTORE,
    compared=Compared.ALWAYS,
    versions=VersionRange.parse("0.93.0..0.111.0"),
    evidence=(
        "0.99.0: item/completed with webSearch and action.type openPage",
        "0.93.0–0.111.0: v2/ItemCompletedNotification.json has openPage, the bundle open_page",
        "0.113.0 publishes WebSearchAction and ResponsesApiWebSearchAction",
    ),
    protocol=apply,
)
