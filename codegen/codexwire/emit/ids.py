"""Where thread, turn, item and request ids lie in every message, proved against the schema."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from codexwire.ir.hole import Hole, HoleKind
from codexwire.ir.model import Method, Protocol, Schema, ref_to
from codexwire.ir.nodes import split_nullable, unwrap
from codexwire.normalize.identity import ALIASES, IDENTITIES_OF, Identity

__all__ = ["IdTable", "id_tables", "lost_ids", "path_exists"]


@dataclass(frozen=True, slots=True)
class IdTable:
    """One kind of id (`thread`): method → paths in its params and in its result, and the aliases."""

    kind: str
    rows: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]
    aliases: Mapping[str, tuple[str, ...]]

    @property
    def function(self) -> str:
        """The name of the extractor (`thread_id`; a sequence number is no id)."""
        return self.kind if self.kind == "seq" else f"{self.kind}_id"


def id_tables(protocol: Protocol) -> tuple[IdTable, ...]:
    """Return the id tables of a normalized protocol, one per kind of id."""
    return tuple(
        IdTable(kind, _rows(protocol, identities), ALIASES.get(kind, {}))
        for kind, identities in IDENTITIES_OF[protocol.name].items()
    )


def _rows(
    protocol: Protocol, identities: tuple[Identity, ...]
) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    rows: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}
    for method in protocol.methods:
        params = tuple(_paths(protocol, identities, method, method.params))
        result = tuple(
            _paths(
                protocol,
                identities,
                method,
                None if method.result is None else ref_to(method.result),
            )
        )
        if params or result:
            rows[method.name] = (params, result)
    return rows


def lost_ids(protocol: Protocol) -> tuple[Hole, ...]:
    """Return the paths that are stated for one method and that its schema does not have."""
    tables = id_tables(protocol)
    rows = {(t.kind, method): {*p, *r} for t in tables for method, (p, r) in t.rows.items()}
    return tuple(
        Hole(
            HoleKind.SHAPE,
            f"{method.sender} {method.kind} {method.name}",
            method.name,
            f"there is no {identity.path!r}, where its {kind} id should be",
        )
        for kind, identities in IDENTITIES_OF[protocol.name].items()
        for method in protocol.methods
        for identity in identities
        if identity.stated
        and identity.applies_to(method.name)
        and identity.path not in rows.get((kind, method.name), ())
    )


def _paths(
    protocol: Protocol, identities: tuple[Identity, ...], method: Method, payload: Schema | None
) -> Iterator[str]:
    if payload is None:
        return
    for identity in identities:
        if identity.applies_to(method.name) and path_exists(protocol, payload, identity.path):
            yield identity.path


def path_exists(protocol: Protocol, schema: Schema, path: str) -> bool:
    """Whether a dotted path leads to a declared property, in at least one variant of each union."""
    nodes = [schema]
    for step in path.split("."):
        nodes = [
            node["properties"][step]
            for candidate in nodes
            for node in _alternatives(protocol, candidate)
            if step in node.get("properties", {})
        ]
    return bool(nodes)


def _alternatives(protocol: Protocol, schema: Schema) -> Iterator[dict[str, Any]]:
    """Yield the object nodes that a schema may be: itself and the branches of its unions."""
    schema, _ = split_nullable(protocol.resolve(unwrap(schema)))
    schema = protocol.resolve(unwrap(schema))
    if not isinstance(schema, dict):
        return
    yield schema
    for keyword in ("oneOf", "anyOf"):
        for branch in schema.get(keyword, ()):
            yield from _alternatives(protocol, branch)
