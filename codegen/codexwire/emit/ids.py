"""The table of the ids in the messages of each method, checked against their schemas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from codexwire.ir.hole import Hole, HoleKind
from codexwire.ir.model import Protocol
from codexwire.model.identity import Identities, IdPlace, Standing
from codexwire.model.profile import profile_of
from codexwire.model.read import Types, types_of
from codexwire.model.types import All, Object, Ref, Type, Union

__all__ = ["IdTable", "id_tables", "lost_ids", "path_exists"]


@dataclass(frozen=True, slots=True)
class IdTable:
    """One kind of id (`thread`): method → paths in its params and in its result, best first."""

    kind: str
    identities: Identities
    rows: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]

    @property
    def places(self) -> tuple[IdPlace, ...]:
        """The places of the ids of this kind, best first."""
        return self.identities.places_by_kind[self.kind]

    @property
    def aliases(self) -> Mapping[str, tuple[str, ...]]:
        """Path that schemas have → where peers that differ from them put the id, best first."""
        listed = self.places
        others = tuple(p.path for p in listed if p.standing is not Standing.PUBLISHED)
        return {p.path: others for p in listed if p.standing is Standing.PUBLISHED and others}


def id_tables(protocol: Protocol) -> tuple[IdTable, ...]:
    """Return the id tables of a normalized protocol, one per kind of id."""
    identities = profile_of(protocol).identities
    return tuple(IdTable(k, identities, _rows(protocol, k)) for k in identities.kinds)


def _rows(protocol: Protocol, kind: str) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    types = types_of(protocol)
    rows: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}
    for method in protocol.methods:
        result = None if method.result is None else Ref(method.result)
        row = (
            tuple(_paths(types, kind, method.name, "params", types.params(method))),
            tuple(_paths(types, kind, method.name, "result", result)),
        )
        if any(row):
            rows[method.name] = row
    return rows


def lost_ids(protocol: Protocol) -> tuple[Hole, ...]:
    """Return a hole for each method that the table of places names and whose schema has none of them."""
    return tuple(
        Hole(
            HoleKind.SHAPE,
            method.label,
            method.name,
            f"no place that is known has its {table.kind} id",
        )
        for table in id_tables(protocol)
        for method in protocol.methods
        if method.name not in table.rows
        and any(m == method.name for p in table.places for m in p.methods)
    )


def _paths(types: Types, kind: str, method: str, part: str, payload: Type | None) -> Iterator[str]:
    if payload is None:
        return
    for path in profile_of(types.protocol).identities.published_paths(kind, method, part):
        if path_exists(types, payload, path):
            yield path


def path_exists(types: Types, payload: Type, path: str) -> bool:
    """Whether a dotted path leads to a declared property, in at least one variant of each union."""
    found = [payload]
    for step in path.split("."):
        found = [
            inner.properties[step]
            for candidate in found
            for inner in _objects(types, candidate)
            if step in inner.properties
        ]
    return bool(found)


def _objects(types: Types, found: Type) -> Iterator[Object]:
    """Yield the objects that a type may be: itself, its parts and the branches of its unions."""
    found = types.resolve(found)
    if isinstance(found, Object):
        yield found
    elif isinstance(found, All | Union):
        for part in found.parts():
            yield from _objects(types, part)
