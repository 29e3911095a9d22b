"""Protocols of a few types, for tests of validators."""

from __future__ import annotations

from codexwire.direction import Kind, Side
from codexwire.ir.model import Method, Protocol, Schema, TypeDef

__all__ = ["protocol_of"]


def protocol_of(**types: Schema) -> Protocol:
    """A protocol of one notification `note`, whose params are the type `Params`."""
    branch = {
        "type": "object",
        "required": ["method", "params"],
        "properties": {
            "method": {"type": "string", "enum": ["note"]},
            "params": {"$ref": "#/definitions/Params"},
        },
    }
    named = {name: TypeDef(name, schema) for name, schema in types.items()}
    method = Method("note", Side.SERVER, Kind.NOTIFICATION, branch)
    return Protocol("test", None, (), named, (method,))
