"""Types with their stability become an `ir.Protocol`: the method unions become methods."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType
from typing import Any

from codexwire.direction import Kind, Side, Stability
from codexwire.errors import IngestError
from codexwire.ingest.document import Document
from codexwire.ingest.unions import branches_of, method_names, unions_of
from codexwire.ir.hole import Hole, HoleKind
from codexwire.ir.layout import MessageUnion, Namespaces, message_union
from codexwire.ir.model import Method, Protocol, Schema, Source, TypeDef, full_name
from codexwire.ir.nodes import unwrap
from codexwire.ir.walk import references
from codexwire.model.profile import Profile
from codexwire.profiles.table import DEFAULT
from codexwire.version import Version

__all__ = ["build_protocol"]


def build_protocol(
    document: Document,
    types: dict[str, tuple[Schema, Stability]],
    *,
    version: Version | None,
    sources: tuple[Source, ...],
    profile: Profile = DEFAULT,
) -> Protocol:
    """Return the protocol of a document whose `types` carry their stability.

    A branch of a method union that gives no method is among the `holes`. Raises IngestError when the
    client's requests give none at all.
    """
    spaces = document.spaces or profile.namespaces
    unions = unions_of(profile, spaces, {name: node for name, (node, _) in types.items()})
    found: list[Method | Hole] = []
    envelope: dict[str, MappingProxyType[str, Schema]] = {}
    seen: dict[MessageUnion, set[str]] = {}
    for published, name in unions.found:
        node, stability = types[name]
        union = message_union(published.sender, published.kind)
        found += _methods(document, spaces, union, node, stability, seen.setdefault(union, set()))
        beside = node.get("properties") if isinstance(node, dict) else None
        if beside:
            envelope[union.union] = MappingProxyType({**envelope.get(union.union, {}), **beside})
    methods = tuple(method for method in found if isinstance(method, Method))
    holes = (*document.holes, *unions.holes, *(hole for hole in found if isinstance(hole, Hole)))
    requests = profile.union(Side.CLIENT, Kind.REQUEST)
    is_request = (Side.CLIENT, Kind.REQUEST)
    if requests in types and all((m.sender, m.kind) != is_request for m in methods):
        raise IngestError(
            f"{requests} is no union of methods",
            location=document.at(requests),
            hint="is this an unchanged published schema?",
        )
    names = {u.union for u in profile.unions} | {name for _, name in unions.found}
    typedefs = {
        full: TypeDef(full, node, stability)
        for full, (node, stability) in sorted(types.items())
        if full not in names
    }
    return Protocol(
        profile.name,
        version,
        sources,
        MappingProxyType(typedefs),
        methods,
        MappingProxyType(envelope),
        holes,
        profile,
        spaces=document.spaces,
    )


def _methods(
    document: Document,
    spaces: Namespaces,
    union: MessageUnion,
    node: Schema,
    stability: Stability,
    seen: set[str],
) -> Iterator[Method | Hole]:
    """Yield the methods that the branches of a union name, and a hole for each branch without one.

    Those already `seen` are left out, too.
    """
    keyword, branches = branches_of(node)
    if not branches:
        text = f"{union.union} has no branches: no {union.kind} of the {union.sender} is known"
        yield Hole(HoleKind.BRANCH, union.union, "", text)
    for index, branch in enumerate(branches):
        marked = branch.get("x-stability", stability) if isinstance(branch, dict) else stability
        place = f"{union.union}#/{keyword}/{index}"
        message = _message(document, branch)
        names = method_names(message)
        if not names:
            text = f"branch {index} of {union.union} names no method: it is left out"
            yield Hole(HoleKind.BRANCH, place, "", text)
        for name in names:
            if name in seen:
                text = f"{union.union} has {name} twice: its branch {index} is left out"
                yield Hole(HoleKind.BRANCH, place, name, text)
                continue
            seen.add(name)
            yield Method(
                name=name,
                sender=union.sender,
                kind=union.kind,
                branch=_named(message, name),
                stability=Stability(marked),
                namespace=_namespace(spaces, name, message),
            )


def _message(document: Document, branch: Any) -> dict[str, Any]:
    """Return the schema of a branch's messages: its own, or that of the type it refers to."""
    seen: set[str] = set()
    while isinstance(branch := unwrap(branch), dict) and isinstance(branch.get("$ref"), str):
        name = full_name(branch["$ref"])
        if name in seen:
            return {}
        seen.add(name)
        branch = document.types.get(name)
    return branch if isinstance(branch, dict) else {}


def _named(message: dict[str, Any], name: str) -> dict[str, Any]:
    """Return the branch of one method: as it was published, if it names this method alone."""
    branch = {k: v for k, v in message.items() if k != "x-stability"}
    node = message["properties"]["method"]
    if node.get("enum") != [name]:
        kept = {k: v for k, v in node.items() if k not in ("const", "oneOf", "anyOf")}
        single = {**kept, "enum": [name], "type": "string"}
        branch["properties"] = {**message["properties"], "method": single}
    return branch


def _namespace(spaces: Namespaces, name: str, branch: dict[str, Any]) -> str:
    """Return the namespace of the params; the newest for a method with a slash in its name elsewhere."""
    params = branch["properties"].get("params", True)
    referred = {spaces.of(ref) for ref in references(params)}
    found = [space for space in spaces.nested if space in referred]
    if not found and "/" in name:
        return spaces.newest
    return found[-1] if found else spaces.root
