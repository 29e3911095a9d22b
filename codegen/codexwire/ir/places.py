"""References to other places than types: by JSON pointer, by `$id`, to the document as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import unquote, urljoin

from codexwire.ir.keywords import schema_roots
from codexwire.ir.model import Protocol, Schema, TypeDef, full_name, ref_to
from codexwire.ir.walk import children, nodes, subschemas, transform
from codexwire.location import JsonPath, join_pointer, split_pointer

__all__ = ["is_settled", "with_places"]


def with_places(protocol: Protocol) -> tuple[Protocol, frozenset[str]]:
    """Return the protocol with a type for every place of its document that a `$ref` leads to.

    Such a type is called as the reference reads (`v2/Thread/properties/id`, `#`). References below an
    `$id`, which are relative to it, are rewritten to be relative to the document. References to
    nothing, or into another document, stay as they are; what they read like is returned as well.
    """
    if all(is_settled(protocol, n) for _, schema in schema_roots(protocol) for n in nodes(schema)):
        return protocol, frozenset()
    identified = _identified(protocol)
    if identified:
        protocol = protocol.with_types(_rewritten(protocol, identified))
    found: dict[str, TypeDef] = {}
    missing: set[str] = set()
    document = protocol.document()
    waiting = [ref for _, schema in schema_roots(protocol) for ref in _refs(schema)]
    while waiting:
        ref = waiting.pop()
        name = full_name(ref)
        if name in protocol.types or name in found:
            continue
        path = _find(ref, "", document, identified)
        if path is None:
            missing.add(name)
        else:
            found[name] = TypeDef(name, _node(protocol, document, path))
            waiting += _refs(found[name].schema)
    return protocol.with_types(dict(sorted(found.items()))), frozenset(missing)


def is_settled(protocol: Protocol, node: dict[str, Any]) -> bool:
    """Whether a node has no name of its own, and refers to a type if to anything."""
    return "$id" not in node and ("$ref" not in node or full_name(node["$ref"]) in protocol.types)


def _refs(schema: Schema) -> Iterator[str]:
    for _, node in subschemas(schema):
        if isinstance(node, dict) and "$ref" in node:
            yield node["$ref"]


def _scoped(
    schema: Schema, path: JsonPath, base: str
) -> Iterator[tuple[JsonPath, dict[str, Any], str]]:
    """Yield path, node and base URI of every node; an `$id` beside a `$ref` is none."""
    if not isinstance(schema, dict):
        return
    if "$ref" not in schema and "$id" in schema:
        base = _join(base, schema["$id"]).removesuffix("#")
    yield path, schema, base
    for step, sub in children(schema):
        yield from _scoped(sub, path + step, base)


def _join(base: str, ref: str) -> str:
    """Resolve a reference; `urljoin` alone knows no `urn:`, and raises on what is no URI."""
    if ref.startswith("#"):
        return base.partition("#")[0] + ref
    try:
        return urljoin(base, ref)
    except ValueError:
        return ref


def _path_of(protocol: Protocol, name: str) -> JsonPath:
    nested = protocol.namespaces.bare(name) != name
    return ("definitions", *name.split("/", 1)) if nested else ("definitions", name)


def _identified(protocol: Protocol) -> dict[str, JsonPath]:
    """Return where in the document every `$id` of a type stands, by absolute URI."""
    found: dict[str, JsonPath] = {}
    for name, typedef in protocol.types.items():
        for path, node, base in _scoped(typedef.schema, _path_of(protocol, name), ""):
            if "$id" in node and "$ref" not in node:
                found.setdefault(base, path)
    return found


def _rewritten(protocol: Protocol, identified: Mapping[str, JsonPath]) -> dict[str, TypeDef]:
    """Return the types in which an `$id` changes what a reference means, with references that do not ask."""
    document = protocol.document()
    changed: dict[str, TypeDef] = {}
    for name, typedef in protocol.types.items():
        places: dict[JsonPath, str] = {}
        for path, node, base in _scoped(typedef.schema, (), ""):
            if base and "$ref" in node:
                target = _find(node["$ref"], base, document, identified)
                if target is not None:
                    places[path] = _ref_to(protocol, target)
        if places:
            changed[name] = replace(typedef, schema=_point(typedef.schema, places))
    return changed


def _point(schema: Schema, places: Mapping[JsonPath, str]) -> Schema:
    def point(path: JsonPath, node: Schema) -> Schema:
        return {"$ref": places[path]} if path in places else node

    return transform(schema, point)


def _find(
    ref: str, base: str, document: dict[str, Any], identified: Mapping[str, JsonPath]
) -> JsonPath | None:
    """Return the path of the schema that a reference leads to, None when it leads nowhere."""
    uri, _, fragment = _join(base, ref).partition("#")
    if fragment and not fragment.startswith("/"):
        return identified.get(f"{uri}#{fragment}")
    start = identified.get(uri) if uri else ()
    if start is None:
        return None
    path = (*start, *split_pointer(unquote(fragment)))
    return path if isinstance(_at(document, path), (dict, bool)) else None


def _at(value: Any, path: JsonPath) -> Any:
    for step in path:
        try:
            value = value[int(step)] if isinstance(value, list) else value[step]
        except (KeyError, IndexError, TypeError, ValueError):
            return None
    return value


def _type_at(protocol: Protocol, path: JsonPath) -> str | None:
    name = "/".join(map(str, path[1:]))
    return name if name in protocol.types and path == _path_of(protocol, name) else None


def _ref_to(protocol: Protocol, path: JsonPath) -> str:
    name = _type_at(protocol, path)
    if name is None:
        return "#" + join_pointer(path).replace("%", "%25")
    ref: str = ref_to(name)["$ref"]
    return ref


def _node(protocol: Protocol, document: dict[str, Any], path: JsonPath) -> Schema:
    """Return the schema at a path: for a type a reference to it, for the document what it says itself."""
    name = _type_at(protocol, path)
    if name is not None:
        return ref_to(name)
    node: Schema = _at(document, path)
    if isinstance(node, dict) and not path:
        return {key: value for key, value in node.items() if key != "definitions"}
    return node
