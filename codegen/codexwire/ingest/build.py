"""Types with their stability become an `ir.Protocol`: methods out of the unions, references checked."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType
from typing import Any

from codexwire.direction import Namespace, Stability
from codexwire.errors import IngestError
from codexwire.ingest.document import Document
from codexwire.ir.model import (
    UNIONS,
    Method,
    MethodTable,
    Protocol,
    Schema,
    Source,
    TypeDef,
)
from codexwire.ir.walk import references
from codexwire.ir.wellformed import is_name
from codexwire.version import Version

__all__ = ["PROTOCOL_NAME", "build_protocol"]

PROTOCOL_NAME = "codex-app-server"


def build_protocol(
    document: Document,
    types: dict[str, tuple[Schema, Stability]],
    *,
    version: Version | None,
    sources: tuple[Source, ...],
    name: str = PROTOCOL_NAME,
) -> Protocol:
    """Return the protocol of a document whose `types` carry their stability.

    Raises IngestError for a union without branches or a branch without one method.
    """
    methods: list[Method] = []
    envelope: dict[str, MappingProxyType[str, Schema]] = {}
    for union in UNIONS:
        entry = types.get(union.union)
        if entry is None:
            continue
        node, stability = entry
        methods += _methods(document, union, node, stability)
        beside = node.get("properties") if isinstance(node, dict) else None
        if beside:
            envelope[union.union] = MappingProxyType(dict(beside))
    names = {u.union for u in UNIONS}
    typedefs = {
        full: TypeDef(full, node, stability)
        for full, (node, stability) in sorted(types.items())
        if full not in names
    }
    return Protocol(
        name,
        version,
        sources,
        MappingProxyType(typedefs),
        tuple(methods),
        MappingProxyType(envelope),
    )


def _methods(
    document: Document, union: MethodTable, node: Schema, stability: Stability
) -> Iterator[Method]:
    branches = node.get("oneOf") if isinstance(node, dict) else None
    if not isinstance(branches, list) or not branches:
        raise IngestError(
            f"{union.union} is no union of methods", location=document.at(union.union, "oneOf")
        )
    seen: set[str] = set()
    for index, branch in enumerate(branches):
        name = _method_name(branch)
        if name is None or name in seen:
            raise IngestError(
                f"a branch of {union.union} has no method of its own"
                if name is None
                else f"{union.union} has the method {name!r} twice",
                location=document.at(union.union, "oneOf", index),
                hint="is this an unchanged published schema?",
            )
        seen.add(name)
        marked = Stability(branch.get("x-stability", stability))
        yield Method(
            name=name,
            sender=union.sender,
            kind=union.kind,
            branch={k: v for k, v in branch.items() if k != "x-stability"},
            stability=marked,
            namespace=_namespace(name, branch),
        )


def _method_name(branch: Any) -> str | None:
    try:
        values = branch["properties"]["method"]["enum"]
    except (TypeError, KeyError):
        return None
    return (
        values[0]
        if isinstance(values, list)
        and len(values) == 1
        and isinstance(values[0], str)
        and is_name(values[0])
        else None
    )


def _namespace(name: str, branch: dict[str, Any]) -> Namespace:
    """v2 has slashes in its method names or keeps its params among the v2 types."""
    params = branch["properties"].get("params", True)
    in_v2 = "/" in name or any(ref.startswith("v2/") for ref in references(params))
    return Namespace.V2 if in_v2 else Namespace.V1
