"""Which types of a schema are its unions of messages: by name, or by shape where the name is new."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from msgspec import Struct

from codexwire.direction import Kind, Side
from codexwire.ir.hole import Hole, HoleKind
from codexwire.ir.layout import MessageUnion, Namespaces
from codexwire.ir.model import Schema, full_name
from codexwire.ir.nodes import enum_values
from codexwire.ir.walk import nodes
from codexwire.ir.wellformed import is_name
from codexwire.model.profile import Profile

__all__ = ["Unions", "branches_of", "method_names", "unions_of"]


class Unions(Struct, frozen=True):
    """The unions of messages of a schema: each with the type that it is, some with several.

    `holes` tell which are known by their shape alone, which have no place, and which are missing.
    """

    found: tuple[tuple[MessageUnion, str], ...]
    holes: tuple[Hole, ...]

    def has_requests(self) -> bool:
        """Whether there are any requests of the client, without which it is no such schema."""
        return any((u.sender, u.kind) == (Side.CLIENT, Kind.REQUEST) for u, _ in self.found)


def unions_of(profile: Profile, spaces: Namespaces, types: Mapping[str, Any]) -> Unions:
    """Return the unions of a schema with these types.

    A union that the profile does not name is one by its shape: each of its branches names a method, all
    of them have an id or none, and no type refers to it. Its sender is that of its name, or of the only
    union that is missing.
    """
    missing = [u for u in profile.unions if u.union not in types]
    found = [(u, u.union) for u in profile.unions if u.union in types]
    holes: list[Hole] = []
    for name, kind in _shaped(types, {u.union for u in profile.unions}):
        table = _table(profile, missing, spaces.bare(name), kind)
        if table is None:
            text = f"{kind}s of a side that is not known: they are left out"
        else:
            found.append((table, name))
            text = f"read as {kind}s of the {table.sender}"
        holes.append(Hole(HoleKind.BRANCH, name, name, text))
    lost = [u for u in missing if all(u is not table for table, _ in found)]
    return Unions(tuple(found), (*holes, *_lost(profile, lost)))


def _shaped(types: Mapping[str, Any], known: Collection[str]) -> list[tuple[str, Kind]]:
    """Return the types beside the `known` ones that are unions of messages by their shape."""
    shaped = [(n, kind) for n, node in types.items() if n not in known and (kind := _kind(node))]
    used = _used(types) if shaped else set()
    return [(name, kind) for name, kind in shaped if name not in used]


def _used(types: Mapping[str, Any]) -> set[str]:
    """Return what types refer to; they may be of any content here."""
    parts = (part for node in types.values() for part in nodes(node))
    return {full_name(ref) for part in parts if isinstance(ref := part.get("$ref"), str)}


def _lost(profile: Profile, lost: list[MessageUnion]) -> Iterator[Hole]:
    """Yield what is missing; a schema that no binary writes says itself what there is."""
    for union in lost if profile.bundle.command else ():
        text = f"there is none: no {union.kind} of the {union.sender} is known"
        yield Hole(HoleKind.BRANCH, union.union, "", text)


def _table(
    profile: Profile, missing: list[MessageUnion], bare: str, kind: Kind
) -> MessageUnion | None:
    """Return the union of the profile that a union with another name belongs to."""
    told = [u for u in profile.unions if u.kind is kind and bare.lower().startswith(str(u.sender))]
    left = [u for u in missing if u.kind is kind]
    if told:
        return told[0]
    return left[0] if len(left) == 1 else None


def _kind(node: Schema) -> Kind | None:
    """Return the kind of the messages of a union; None for a type that is none."""
    _, branches = branches_of(node)
    if node in branches or not all(isinstance(b, dict) and method_names(b) for b in branches):
        return None
    asks = {"id" in branch["properties"] for branch in branches}
    if len(asks) != 1:
        return None
    return Kind.REQUEST if asks.pop() else Kind.NOTIFICATION


def branches_of(node: Schema) -> tuple[str, list[Any]]:
    """Return the branches of a union and their keyword; a node that is none is its only branch."""
    for keyword in ("oneOf", "anyOf"):
        branches = node.get(keyword) if isinstance(node, dict) else None
        if isinstance(branches, list):
            return keyword, branches
    return "oneOf", [node]


def method_names(message: dict[str, Any]) -> list[str]:
    """Return the methods that a branch stands for; none where one of them cannot be a name."""
    properties = message.get("properties")
    node = properties.get("method") if isinstance(properties, dict) else None
    values = enum_values(node) if isinstance(node, dict) else None
    if values is None or not all(isinstance(v, str) and v and is_name(v) for v in values):
        return []
    return list(values)
