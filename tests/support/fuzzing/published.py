"""Types of a published bundle with all that they refer to, changed in a few places."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, TypeAlias

from codexwire.ir.walk import subschemas, transform
from fuzzing.schemas import Node, leaf

__all__ = ["changed_types"]

_BUNDLE = Path(__file__).parents[3] / "schema" / "0.171.0" / "experimental.json"
_MOST = 25
"""Types in one go: more are slow, and no different."""

_Change: TypeAlias = "Callable[[Random, str, dict[str, Any]], Node]"


def changed_types(rng: Random, place: str) -> dict[str, Node]:
    """Return a type as `Subject` and those that it refers to, all of them at `place`."""
    types = _types(place)
    while len(found := _needed(rng.choice([*types]), types, place)) > _MOST:
        pass
    for _ in range(rng.choice((0, 1, 2, 4))):
        name = rng.choice([*found])
        path, node = rng.choice([*subschemas(found[name])])
        if isinstance(node, dict) and node:
            new = rng.choice(_CHANGES)(rng, place, node)
            found[name] = _put(found[name], path, new)
    return {**found, "Subject": {"$ref": f"{place}/{next(iter(found))}"}}


def _put(schema: Node, at: tuple[Any, ...], new: Node) -> Node:
    made: Node = transform(schema, lambda path, node: new if path == at else node)
    return made


@cache
def _types(place: str) -> dict[str, Node]:
    """Return the types of all namespaces under plain names."""
    published = json.loads(_BUNDLE.read_text("utf-8"))["definitions"]
    spaces = {"v2/": published.pop("v2"), "": published}

    def moved(_: object, node: Any) -> Any:
        if not isinstance(node, dict) or "$ref" not in node:
            return node
        return {**node, "$ref": f"{place}/{_plain(node['$ref'].removeprefix('#/definitions/'))}"}

    return {
        _plain(space + name): transform(schema, moved)
        for space, types in spaces.items()
        for name, schema in types.items()
    }


def _plain(full: str) -> str:
    return full.replace("/", "")


def _needed(name: str, types: dict[str, Node], place: str) -> dict[str, Node]:
    """Return a type and all that it leads to, itself first."""
    found, waiting = {}, [name]
    while waiting and len(found) <= _MOST:
        name = waiting.pop()
        if name not in found:
            found[name] = types[name]
            nodes = (node for _, node in subschemas(types[name]) if isinstance(node, dict))
            waiting += [node["$ref"].removeprefix(f"{place}/") for node in nodes if "$ref" in node]
    return found


def _without(rng: Random, _: str, node: dict[str, Any]) -> Node:
    gone = rng.choice([*node])
    return {word: said for word, said in node.items() if word != gone}


def _other_union(_: Random, __: str, node: dict[str, Any]) -> Node:
    other = {"oneOf": "anyOf", "anyOf": "oneOf"}
    return {other.get(word, word): said for word, said in node.items()}


def _closed(rng: Random, _: str, node: dict[str, Any]) -> Node:
    return {**node, "additionalProperties": rng.choice((False, False, {"type": "string"}))}


def _demanding(rng: Random, _: str, node: dict[str, Any]) -> Node:
    known = [*node.get("properties", ()), "a"]
    return {**node, "required": [*dict.fromkeys([*node.get("required", ()), rng.choice(known)])]}


def _beside(rng: Random, place: str, node: dict[str, Any]) -> Node:
    more = leaf(rng, place)
    return {**more, **node} if isinstance(more, dict) else {**node, "allOf": [more]}


def _ruled_out(rng: Random, place: str, node: dict[str, Any]) -> Node:
    return {**node, "not": leaf(rng, place)}


def _nullable(rng: Random, _: str, node: dict[str, Any]) -> Node:
    return {rng.choice(("anyOf", "oneOf")): [node, {"type": "null"}]}


def _instead(rng: Random, place: str, _: dict[str, Any]) -> Node:
    return leaf(rng, place)


_CHANGES: tuple[_Change, ...] = (
    *(_without, _without, _other_union, _closed, _demanding, _beside, _ruled_out),
    *(_nullable, _instead),
)
