"""A search of the web has an action, and the key `id` twice.

The SDK's type has one id and no action. In every stream the item is `{"id": "item_2", "type": "web_search",
"id": "ws_…", "query": …, "action": …}`: the first id is that of the item, as of all items, the second that of
the search. Most JSON readers keep the second alone. A schema cannot say so: both are strings.
"""

from __future__ import annotations

from typing import Any

from codexwire.ir.model import Protocol, Schema, TypeDef
from codexwire.model.normalization import Compared, Effect, NormalizationRule
from codexwire.version import VersionRange

TYPE, MEMBER = "WebSearchItem", "action"


def _action(kind: str, *members: str) -> dict[str, Any]:
    text = {"type": ["string", "null"]}
    texts = {"type": ["array", "null"], "items": {"type": "string"}}
    return {
        "type": "object",
        "required": ["type"],
        "properties": {
            "type": {"type": "string", "enum": [kind]},
            **{name: texts if name == "queries" else text for name in members},
        },
    }


_ACTIONS = (
    _action("search", "query", "queries"),
    _action("open_page", "url"),
    _action("find_in_page", "url", "pattern"),
    _action("other"),
)


def apply(_: Protocol, typedef: TypeDef) -> Schema | None:
    """Return the type with its action."""
    schema = typedef.schema
    if typedef.name != TYPE or not isinstance(schema, dict) or MEMBER in schema["properties"]:
        return None
    properties = {**schema["properties"], MEMBER: {"oneOf": [*_ACTIONS]}}
    return {**schema, "properties": properties, "required": [*schema["required"], MEMBER]}


RULE = NormalizationRule(
    id="n029-web-search-action",
    title="A search of the web has an action, and the key id twice.",
    effect=Effect.PATCH,
    compared=Compared.ALWAYS,
    versions=VersionRange(),
    evidence=(
        "exec streams of 0.99.0–0.171.0, 11 releases: every web_search; search, open_page and other seen",
        "find_in_page: not seen in a stream; ResponsesApiWebSearchAction of the app-server's schema has it",
    ),
    typedef=apply,
)
