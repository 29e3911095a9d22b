"""One release as the explorer shows it: methods and types with all that is known of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from codexwire.emit.client import request_names
from codexwire.emit.ids import IdTable, id_tables
from codexwire.explorer.timeline import Timelines
from codexwire.explorer.tree import node
from codexwire.ir.model import Method, Protocol, TypeDef
from codexwire.model.profile import profile_of
from codexwire.model.read import read
from codexwire.normalize import Normalized

__all__ = ["ReleaseSources", "document"]

Seen = Callable[[str], list[str]]


@dataclass(frozen=True, slots=True)
class ReleaseSources:
    """What is told beside the schema: history, examples by method, where something was seen, rules."""

    history: Timelines
    examples: Mapping[str, Any]
    seen: Seen
    rules: Mapping[str, dict[str, Any]]


def document(normalized: Normalized, sources: ReleaseSources) -> dict[str, Any]:
    """Return everything of a release as plain values; `templates/explorer/app.js` draws it."""
    protocol = normalized.protocol
    touching = _touching(normalized)
    names = request_names(protocol)
    tables = id_tables(protocol)
    return {
        "protocol": protocol.name,
        "release": str(protocol.version or "unknown"),
        "releases": sources.history.releases,
        "methods": [_method(m, tables, names, touching, sources) for m in protocol.methods],
        "types": [_type(protocol, t, touching, sources) for t in protocol.types.values()],
        "errors": [
            {"name": e.name, "code": e.code, "pattern": e.pattern}
            for e in profile_of(protocol).errors
        ],
        "rules": {id: rule for id, rule in sources.rules.items() if id in _used(normalized)},
        "gone": [*_gone(protocol, sources.history)],
    }


def _method(
    method: Method,
    tables: tuple[IdTable, ...],
    names: Mapping[str, str],
    touching: Mapping[str, list[str]],
    sources: ReleaseSources,
) -> dict[str, Any]:
    label = method.label
    found = {
        "name": method.name,
        "sender": method.sender.value,
        "kind": method.kind.value,
        "namespace": method.namespace,
        "stability": method.stability.value,
        "published": method.published,
        "doc": method.description,
        "deprecated": "x-deprecated" in method.branch,
        "params": None if method.params is None else node(read(method.params)),
        "required": method.params_required,
        "result": method.result,
        "resultBy": method.result_by,
        "ids": {t.kind: t.rows[method.name] for t in tables if method.name in t.rows},
        "python": names.get(method.name) if method.sender == "client" else None,
        "rules": touching.get(method.name, []) + touching.get(label, []),
        "seen": sources.seen(method.name),
        "example": sources.examples.get(method.name),
        **sources.history.span("methods", label),
    }
    return {key: value for key, value in found.items() if value not in (None, "", [], {}, False)}


def _type(
    protocol: Protocol, typedef: TypeDef, touching: Mapping[str, list[str]], sources: ReleaseSources
) -> dict[str, Any]:
    drawn = node(read(typedef.schema))
    found = {
        "name": typedef.name,
        "namespace": protocol.namespaces.of(typedef.name),
        "stability": typedef.stability.value,
        "node": drawn,
        "rules": touching.get(typedef.name, []),
        "seen": sources.seen(typedef.name),
        **sources.history.span("types", typedef.name),
    }
    return {key: value for key, value in found.items() if value not in (None, "", [])}


def _touching(normalized: Normalized) -> dict[str, list[str]]:
    """Return the ids of the rules that touch a method or type, by its name."""
    found: dict[str, list[str]] = defaultdict(list)
    for application in normalized.applied:
        for place in application.places:
            known = found[place.partition("#")[0]]
            if application.rule.id not in known:
                known.append(application.rule.id)
    return found


def _used(normalized: Normalized) -> frozenset[str]:
    return frozenset(application.rule.id for application in normalized.applied)


def _gone(protocol: Protocol, history: Timelines) -> Iterator[dict[str, str]]:
    """Yield the methods that earlier releases had, with the first release that lacks each."""
    labels = {method.label for method in protocol.methods}
    for label in sorted(history.methods):
        end = history.span("methods", label)["gone"]
        if end is not None and label not in labels:
            sender, kind, name = label.split(" ", 2)
            yield {"name": name, "sender": sender, "kind": kind, "gone": end}
