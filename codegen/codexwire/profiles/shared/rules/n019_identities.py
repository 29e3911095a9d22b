"""Which members are the ids of a message's thread, turn, item or request is nowhere stated.

`threadId` is the thread that a message is about, `parentThreadId` is not; `sessionId` is a thread in
`sessionConfigured` and a file search in `fuzzyFileSearch/sessionUpdated`. The table in the protocol's
profile says which member is what, by method; this rule marks those members
`x-id: "thread" | "turn" | "item" | "request"` where they stand, in the params and results themselves and
in the thread, turn and item that they carry.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, TypeAlias

from codexwire.ir.model import Protocol, Schema, full_name, ref_to
from codexwire.ir.walk import children, transform
from codexwire.location import JsonPath
from codexwire.model.normalization import Compared, Effect, NormalizationRule
from codexwire.model.profile import profile_of
from codexwire.version import VersionRange

# A place: the full name of a type, and the path of a node in it.
_Place: TypeAlias = "tuple[str, JsonPath]"


def apply(protocol: Protocol) -> Protocol | None:
    """Return the protocol with every id of the identity table marked."""
    marks: dict[str, dict[JsonPath, str]] = defaultdict(dict)
    identities = profile_of(protocol).identities
    for kind in identities.kinds:
        for method in protocol.methods:
            result = ref_to(method.result) if method.result else None
            for part, payload in (("params", method.params), ("result", result)):
                for dotted in identities.published_paths(kind, method.name, part):
                    for name, path in _find(protocol, payload, dotted.split(".")):
                        marks[name][path] = kind
    if not marks:
        return None
    types = {}
    for name, places in marks.items():
        typedef = protocol.types[name]
        types[name] = replace(typedef, schema=_marked(typedef.schema, places))
    return protocol.with_types(types)


def _marked(schema: Schema, places: dict[JsonPath, str]) -> Schema:
    def change(path: JsonPath, node: Schema) -> Schema:
        kind = places.get(path)
        if kind is None:
            return node
        return {**(node if isinstance(node, dict) else {}), "x-id": kind}

    return transform(schema, change)


def _find(protocol: Protocol, payload: Schema | None, steps: list[str]) -> Iterator[_Place]:
    """Yield the places of the members that a path of names leads to from a payload."""
    if payload is None:
        return
    found = list(_objects(protocol, payload, None))
    for index, step in enumerate(steps):
        members = [
            (name, (*path, "properties", step), node["properties"][step])
            for name, path, node in found
            if step in node.get("properties", {})
        ]
        if index == len(steps) - 1:
            yield from ((name, path) for name, path, _ in members)
        else:
            found = [
                o for name, path, sub in members for o in _objects(protocol, sub, (name, path))
            ]


_COMBINING = ("allOf", "anyOf", "oneOf")


def _objects(
    protocol: Protocol, schema: Schema, place: _Place | None
) -> Iterator[tuple[str, JsonPath, dict[str, Any]]]:
    """Yield the object nodes that a schema may be, through references, nullables and unions."""
    waiting = [(schema, place)]
    while waiting:
        node, at = waiting.pop()
        if not isinstance(node, dict):
            continue
        if "$ref" in node:
            name = full_name(node["$ref"])
            waiting.append((protocol.types[name].schema, (name, ())))
            continue
        if at is not None and "properties" in node:
            yield (*at, node)
        inside = [(step, sub) for step, sub in children(node) if step[0] in _COMBINING]
        waiting += [(sub, at and (at[0], (*at[1], *step))) for step, sub in reversed(inside)]


RULE = NormalizationRule(
    id="n019-identities",
    title="The ids of a message's thread, turn, item and request are marked.",
    effect=Effect.ANNOTATE,
    compared=Compared.NEVER,
    versions=VersionRange(),
    evidence=(
        "recordings: the id paths of every notification, confirmed on the wire for 56 of 86",
        "0.72.0–0.163.0: callId of the approval requests is the id of an item; an event's id its turn",
    ),
    protocol=apply,
)
