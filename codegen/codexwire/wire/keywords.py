"""The JSON Schema keywords that the validators implement; any other one is refused by name."""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.errors import IngestError
from codexwire.ir.model import Protocol, Schema, TypeDef
from codexwire.ir.walk import references, subschemas
from codexwire.location import Location, join_pointer

__all__ = ["ANNOTATIONS", "ASSERTIONS", "check_keywords", "complete"]

ASSERTIONS = frozenset(
    {
        "$ref",
        "additionalProperties",
        "allOf",
        "anyOf",
        "const",
        "enum",
        "exclusiveMaximum",
        "exclusiveMinimum",
        "format",
        "items",
        "maxItems",
        "maxLength",
        "maximum",
        "minItems",
        "minLength",
        "minimum",
        "not",
        "oneOf",
        "properties",
        "required",
        "type",
    }
)

ANNOTATIONS = frozenset(
    {
        "$comment",
        "$id",
        "$schema",
        "default",
        "definitions",
        "deprecated",
        "description",
        "discriminator",
        "examples",
        "readOnly",
        "title",
        "writeOnly",
    }
)

_KNOWN = ASSERTIONS | ANNOTATIONS


def check_keywords(protocol: Protocol) -> None:
    """Raise IngestError for the first keyword that the validators would silently ignore."""
    for owner, schema in _roots(protocol):
        for path, node in subschemas(schema):
            if isinstance(node, bool):
                continue
            if not _KNOWN.issuperset(node):
                unknown = [k for k in node if k not in _KNOWN and not k.startswith("x-")]
                if unknown:
                    raise _refused(owner, (*path, unknown[0]), f"the keyword {unknown[0]!r}")
            if isinstance(node.get("items"), list):
                raise _refused(owner, (*path, "items"), "a list of schemas in 'items'")


def complete(protocol: Protocol) -> tuple[Protocol, tuple[str, ...]]:
    """Return the protocol with every type that it refers to and lacks, and the names of those.

    Some releases publish such references; they say nothing, so the added types accept anything.
    """
    missing = {
        name
        for _, schema in _roots(protocol)
        for name in references(schema)
        if name not in protocol.types
    }
    named = tuple(sorted(missing))
    return protocol.with_types({name: TypeDef(name, True) for name in named}), named


def _roots(protocol: Protocol) -> Iterator[tuple[str, Schema]]:
    for name, typedef in protocol.types.items():
        yield name, typedef.schema
    for method in protocol.methods:
        yield f"{method.sender} {method.kind} {method.name}", method.branch
    for union, properties in protocol.envelope.items():
        for key, schema in properties.items():
            yield f"{union}.{key}", schema


def _refused(owner: str, path: tuple[str | int, ...], what: str) -> IngestError:
    return IngestError(
        f"{owner} uses {what}, which the validators do not implement",
        location=Location(pointer=join_pointer(path)),
        hint="every keyword they know is listed in codexwire.wire.keywords",
    )
