"""The legacy events `codex/event/<type>` are sent and no union lists them.

Up to 0.114.0 the server doubles nearly every v2 notification with an event of the older API: method
`codex/event/<type>`, params `{id, msg, conversationId}`, where `msg` is the variant of `EventMsg` with
that `type`. All three members were there in every event recorded; `id` is the id of the turn, empty
for events outside a turn (`mcp_startup_update`). `EventMsg` being defined is the sign of them.

Each variant becomes a type of its own (`TaskStartedEventMsg`), which `EventMsg` and the params of its
notification (`CodexEventTaskStartedParams`) both refer to; `EventMsg` admits the same values as before.
"""

from __future__ import annotations

from dataclasses import replace

from codexwire.direction import Kind, Side, Stability
from codexwire.ir.edit import add_methods, method_branch
from codexwire.ir.model import UNIONS, Method, Protocol, Schema, TypeDef, ref_to
from codexwire.ir.names import pascal
from codexwire.ir.nodes import enum_values
from codexwire.model.normalization import Compared, Effect, NormalizationRule
from codexwire.profiles.app_server.names import EVENT, PREFIX, V1
from codexwire.version import VersionRange

(_TABLE,) = (u for u in UNIONS if u.sender is Side.SERVER and u.kind is Kind.NOTIFICATION)


def apply(protocol: Protocol) -> Protocol | None:
    """Return the protocol with one notification per event, or None when it defines no events."""
    event = protocol.types.get(EVENT)
    if event is None or not isinstance(event.schema, dict):
        return None
    types: dict[str, TypeDef] = {}
    methods: list[Method] = []
    branches: list[Schema] = []
    for branch in event.schema.get("oneOf", ()):
        kind = _kind(branch)
        if kind is None or not isinstance(branch, dict):
            return None
        name = pascal(kind) + EVENT
        params = f"CodexEvent{pascal(kind)}Params"
        stability = Stability(branch.get("x-stability", event.stability))
        types[name] = TypeDef(name, {**branch, "title": name}, stability)
        types[params] = TypeDef(params, _params(params, name), stability)
        branches.append(ref_to(name))
        methods.append(_method(protocol, kind, params, stability))
    types[EVENT] = replace(event, schema={**event.schema, "oneOf": branches})
    return add_methods(protocol.with_types(types), tuple(methods))


def _kind(branch: Schema) -> str | None:
    """Return the event type of a variant that is written out, None for a reference."""
    properties = branch.get("properties", {}) if isinstance(branch, dict) else {}
    values = enum_values(properties.get("type", True))
    return str(values[0]) if values and len(values) == 1 else None


def _params(title: str, variant: str) -> Schema:
    return {
        "title": title,
        "type": "object",
        "required": ["conversationId", "id", "msg"],
        "properties": {
            "conversationId": {"type": "string"},
            "id": {
                "description": "The id of the turn; empty for an event outside a turn.",
                "type": "string",
            },
            "msg": ref_to(variant),
        },
    }


def _method(protocol: Protocol, kind: str, params: str, stability: Stability) -> Method:
    branch = method_branch(protocol, _TABLE, PREFIX + kind, ref_to(params))
    name = PREFIX + kind
    method = Method(name, _TABLE.sender, _TABLE.kind, branch, stability, V1)
    return replace(method, published=False)


RULE = NormalizationRule(
    id="n005-codex-event-notifications",
    title="The server sends codex/event/<type> notifications that its schema does not list.",
    effect=Effect.PATCH,
    compared=Compared.HISTORY,
    versions=VersionRange.parse("..0.114.0"),
    evidence=(
        "0.72.0: 1823, 0.99.0: 2219 such notifications, all with id, msg, conversationId (recorded)",
        "0.58.0, 0.63.0, 0.107.0 likewise; the method's suffix is always msg.type",
        "0.105.0, 0.110.0, 0.114.0: task_started, item_started, warning and others in a first turn",
        "none in 0.115.0 and later, which define no EventMsg",
    ),
    protocol=apply,
)
