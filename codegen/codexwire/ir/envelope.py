"""What surrounds a payload, as JSON Schema: the message of a method, and JSON-RPC's own."""

from __future__ import annotations

from collections.abc import Mapping

from codexwire.direction import Kind, Side
from codexwire.ir.model import Method, Protocol, Schema, ref_to

__all__ = [
    "envelope_schema",
    "members_beside",
    "message_schema",
    "message_schemas",
    "response_schema",
]

_REQUEST_ID: Schema = {"anyOf": [{"type": "string"}, {"type": "integer"}]}
_ENVELOPES: Mapping[str, Schema] = {
    "JSONRPCError": {
        "type": "object",
        "required": ["error", "id"],
        "properties": {
            "id": _REQUEST_ID,
            "error": {
                "type": "object",
                "required": ["code", "message"],
                "properties": {
                    "code": {"type": "integer"},
                    "message": {"type": "string"},
                },
            },
        },
    },
    "JSONRPCResponse": {
        "type": "object",
        "required": ["id", "result"],
        "properties": {"id": _REQUEST_ID},
    },
}
_OF_MESSAGES: Mapping[Kind, str] = {
    Kind.REQUEST: "JSONRPCRequest",
    Kind.NOTIFICATION: "JSONRPCNotification",
}
_OWN = frozenset({"id", "method", "params"})
"""The members of a message that the branch of its method describes."""


def envelope_schema(protocol: Protocol, name: str) -> Schema:
    """Return the published schema of `JSONRPCResponse` or `JSONRPCError`.

    Bundles of the flat form lack both; JSON-RPC's own shape stands in there.
    """
    published = protocol.types.get(name)
    return _ENVELOPES[name] if published is None else published.schema


def response_schema(protocol: Protocol, result: str | None) -> Schema:
    """Return the schema of a whole response whose `result` is of the type of that full name.

    None is a type that nobody knows; the envelope is all that is asked for.
    """
    envelope = envelope_schema(protocol, "JSONRPCResponse")
    if result is None:
        return envelope
    if not isinstance(envelope, dict) or envelope.keys() & {"$ref", "allOf", "anyOf", "oneOf"}:
        return {"allOf": [envelope, {"properties": {"result": ref_to(result)}}]}
    return {**envelope, "properties": {**envelope["properties"], "result": ref_to(result)}}


def members_beside(protocol: Protocol, method: Method) -> dict[str, Schema]:
    """Return what may stand beside the members that a method's branch describes, by name.

    `trace` of the published JSONRPCRequest, which servers insist on, and what the union has beside its
    branches.
    """
    envelope = protocol.types.get(_OF_MESSAGES[method.kind])
    schema = envelope.schema if envelope is not None else True
    members = schema.get("properties", {}) if isinstance(schema, dict) else {}
    more = {name: member for name, member in members.items() if name not in _OWN}
    return {**more, **protocol.envelope_properties(method)}


def message_schema(protocol: Protocol, method: Method) -> Schema:
    """Return the schema of a method's whole message, with what stands beside its branch."""
    branch, beside = method.branch, members_beside(protocol, method)
    if not beside:
        return branch
    properties = branch.get("properties", {})
    if beside.keys() & properties.keys() or "additionalProperties" in branch:
        return {"allOf": [branch, {"properties": beside}]}
    return {**branch, "properties": {**properties, **beside}}


def message_schemas(protocol: Protocol, sender: Side) -> dict[str, Schema]:
    """Return the message schema of every method that `sender` may send, by method name.

    A name that is both a request and a notification gets the union of the two.
    """
    found: dict[str, Schema] = {}
    for method in protocol.methods:
        if method.sender is not sender:
            continue
        schema = message_schema(protocol, method)
        before = found.get(method.name)
        found[method.name] = schema if before is None else {"anyOf": [before, schema]}
    return found
