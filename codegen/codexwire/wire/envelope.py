"""What surrounds a payload: a line becomes a message, a method its message schema, JSON-RPC its own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NoReturn

import orjson

from codexwire.direction import Side
from codexwire.ir.model import Method, Protocol, Schema, ref_to
from codexwire.wire.violation import Violation

__all__ = [
    "decode",
    "envelope_schema",
    "message_schema",
    "message_schemas",
    "response_schema",
    "too_deep",
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
                    "data": True,
                    "message": {"type": "string"},
                },
            },
        },
    },
    "JSONRPCResponse": {
        "type": "object",
        "required": ["id", "result"],
        "properties": {"id": _REQUEST_ID, "result": True},
    },
}
_INT_DIGITS = 4000


def envelope_schema(protocol: Protocol, name: str) -> Schema:
    """Return the published schema of `JSONRPCResponse` or `JSONRPCError`.

    Bundles of the flat form lack both; JSON-RPC's own shape stands in there.
    """
    published = protocol.types.get(name)
    return _ENVELOPES[name] if published is None else published.schema


def response_schema(protocol: Protocol, result: str) -> Schema:
    """Return the schema of a whole response whose `result` is of the type of that full name."""
    envelope = envelope_schema(protocol, "JSONRPCResponse")
    if not isinstance(envelope, dict) or envelope.keys() & {"$ref", "allOf", "anyOf", "oneOf"}:
        return {"allOf": [envelope, {"properties": {"result": ref_to(result)}}]}
    return {**envelope, "properties": {**envelope["properties"], "result": ref_to(result)}}


def message_schema(protocol: Protocol, method: Method) -> Schema:
    """Return the schema of a method's whole message, with what stands beside the published union."""
    branch, beside = method.branch, protocol.envelope_properties(method)
    if not beside:
        return branch
    properties = branch.get("properties", {})
    if beside.keys() & properties.keys() or "additionalProperties" in branch:
        return {"allOf": [branch, {"properties": dict(beside)}]}
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


def decode(line: bytes) -> tuple[Any, Violation | None]:
    """Return the JSON value of a line, or None and what is wrong with it as JSON.

    Accepts all that RFC 8259 does: integers of any size and lone surrogates in escapes included;
    refuses NaN, Infinity and a byte order mark.
    """
    try:
        return orjson.loads(line), None
    except orjson.JSONDecodeError:
        pass
    try:
        text = line.decode()
    except UnicodeDecodeError as error:
        place = f"byte {error.start + 1}"
        return None, Violation("envelope/utf-8", "", f"invalid UTF-8 at {place}", "UTF-8")
    try:
        return json.loads(text, parse_int=_integer, parse_constant=_refuse), None
    except RecursionError:
        return None, too_deep()
    except ValueError as error:
        return None, Violation("envelope/json", "", f"not JSON: {_one_line(error)}", "JSON")


def too_deep() -> Violation:
    """Return the violation of a message that is nested deeper than the interpreter can follow."""
    return Violation("envelope/nesting", "", "nested too deeply to be checked")


def _integer(digits: str) -> int:
    """Read an integer of any length; Python's own conversion stops at 4300 digits."""
    return int(digits) if len(digits) < _INT_DIGITS else int(Decimal(digits))


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON value")


def _one_line(error: ValueError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} at column {error.pos + 1}"
    return str(error)
