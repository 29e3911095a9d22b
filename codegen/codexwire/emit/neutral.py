"""The neutral map: methods, results, ids, stability and types, for generators of any language.

It names types by their full names (`v2/Thread`), which are the keys of the schema document; its shape
is `schema/report/map.schema.json`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from codexwire.emit.entries import MethodEntry, method_entries
from codexwire.emit.ids import id_tables
from codexwire.ir.canonical import digest, protocol_digest
from codexwire.ir.model import Method, Protocol, TypeDef
from codexwire.model.profile import profile_of
from codexwire.normalize import Normalized

__all__ = ["MAP_VERSION", "Since", "neutral_map"]

MAP_VERSION = 1


@dataclass(frozen=True, slots=True)
class Since:
    """The release since which each method and each type (by full name) is known to be there.

    A method goes by sender, kind and name.
    """

    methods: Mapping[tuple[str, str, str], str] = field(default_factory=dict)
    types: Mapping[str, str] = field(default_factory=dict)


def neutral_map(
    normalized: Normalized, since: Since, *, only: Iterable[str] | None = None
) -> dict[str, Any]:
    """Return the map of a normalized protocol as plain JSON values.

    `only` restricts it to methods (by name) and types (by full or bare name); the types then come
    with their schema, and the rules with the places that concern them.
    """
    protocol = normalized.protocol
    profile = profile_of(protocol)
    tables = id_tables(protocol)
    names = None if only is None else frozenset(only)
    methods = [m for m in method_entries(protocol) if names is None or m.name in names]
    types = [
        t
        for t in protocol.types.values()
        if names is None or {t.name, protocol.namespaces.bare(t.name)} & names
    ]
    touched = None if names is None else _touched([m.method for m in methods], types)
    return {
        "version": MAP_VERSION,
        "protocol": protocol.name,
        "release": str(protocol.version) if protocol.version else None,
        "digest": protocol_digest(protocol),
        "sources": [{"channel": s.channel, "digest": s.digest} for s in protocol.sources],
        "methods": [_method(m, since) for m in methods],
        "types": [_type(protocol, t, since, whole=names is not None) for t in types],
        "errors": [msgspec.to_builtins(kind) for kind in profile.errors],
        "id_aliases": {
            t.kind: {path: list(others) for path, others in t.aliases.items()} for t in tables
        },
        "rules": list(_rules(normalized, touched)),
        "holes": [
            {"kind": h.kind.value, "place": h.place, "name": h.name, "text": h.text}
            for h in protocol.holes
            if touched is None or h.place.partition("#")[0] in touched
        ],
    }


def _method(entry: MethodEntry, since: Since) -> dict[str, Any]:
    method = entry.method
    params = {
        "type": method.params_type,
        "required": method.params_required,
        "schema": method.params,
    }
    return {
        "name": method.name,
        "sender": method.sender.value,
        "kind": method.kind.value,
        "namespace": method.namespace,
        "stability": method.stability.value,
        "published": method.published,
        "since": since.methods.get((method.sender, method.kind, method.name)),
        "params": None if method.params is None else params,
        "result": method.result,
        "result_by": method.result_by or None,
        "refusal": entry.refusal,
        "ids": {
            kind: {"params": list(paths.params), "result": list(paths.result)}
            for kind, paths in entry.ids.items()
        },
    }


def _type(protocol: Protocol, typedef: TypeDef, since: Since, *, whole: bool) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "name": typedef.name,
        "namespace": protocol.namespaces.of(typedef.name),
        "stability": typedef.stability.value,
        "since": since.types.get(typedef.name),
        "digest": digest(typedef.schema),
    }
    return entry | {"schema": typedef.schema} if whole else entry


def _touched(methods: Iterable[Method], types: Iterable[TypeDef]) -> tuple[str, ...]:
    """Return what the pipeline calls these methods, their messages and these types."""
    names = [t.name for t in types]
    for method in methods:
        names += [method.name, f"{method.sender} {method.kind} {method.name}"]
        names += [name for name in (method.params_type, method.result) if name is not None]
    return tuple(names)


def _rules(normalized: Normalized, touched: tuple[str, ...] | None) -> Iterable[dict[str, Any]]:
    for application in normalized.applied:
        places = [
            place
            for place in application.places
            if touched is None or place.partition("#")[0] in touched
        ]
        if places:
            rule = application.rule
            yield {
                "id": rule.id,
                "effect": rule.effect.value,
                "title": rule.title,
                "places": places,
            }
