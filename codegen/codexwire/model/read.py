"""JSON Schema to types: the one reader of `$ref`, `allOf`, `oneOf`, `anyOf`, `enum` and `const`.

Nothing is lost: a type admits exactly the values of the node that it was read from.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import inf
from operator import ge, gt, le, lt
from typing import Any

from msgspec.structs import replace

from codexwire.direction import Stability
from codexwire.ir.complete import AT_LEAST_ONE
from codexwire.ir.model import UNIONS, Method, Protocol, Schema, full_name
from codexwire.ir.nodes import json_types
from codexwire.ir.walk import references
from codexwire.location import JsonPath
from codexwire.model.cached import cached
from codexwire.model.kinds import ALL_KINDS, INTEGER_RANGES, TYPE_KINDS, json_kind
from codexwire.model.types import (
    ABSENT,
    NO_FACTS,
    All,
    Anything,
    Enum,
    Facts,
    List,
    Map,
    Never,
    Object,
    Opaque,
    Ref,
    Scalar,
    Tuple,
    Type,
    Union,
    split_nullable,
)

__all__ = ["Types", "facts_of", "read", "types_of"]

_NUMBER = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "format")
_LIMITS = {
    "null": (),
    "boolean": (),
    "integer": _NUMBER,
    "number": _NUMBER,
    "string": ("minLength", "maxLength", "pattern", "format"),
    "array": ("minItems", "maxItems", "uniqueItems"),
    "object": ("minProperties", "maxProperties"),
}
_NAMED = frozenset({"properties", "required", "patternProperties", "propertyNames", "dependencies"})
_BOUNDS = {"minimum": ge, "maximum": le, "exclusiveMinimum": gt, "exclusiveMaximum": lt}
# The keywords that say something about values of one JSON type, whatever `type` says.
_SAYS = {
    "number": frozenset(_NUMBER),
    "string": frozenset({"minLength", "maxLength", "pattern"}),
    "array": frozenset({"items", "additionalItems", "contains", *_LIMITS["array"]}),
    "object": _NAMED | {"additionalProperties", *_LIMITS["object"]},
}
_SAID = frozenset().union(*_SAYS.values())
_COMBINING = frozenset({"allOf", "anyOf", "oneOf", "not", "if", "then", "else"})
_SEVERAL = _COMBINING | {"enum", "const"}
"""Keywords that make a node with one `type` more than the values of that type."""
_FACTS = {
    "title": "title",
    "description": "description",
    "x-unit": "unit",
    "x-id": "identity",
    "x-python-name": "python_name",
    "x-enum-descriptions": "value_texts",
}
_ALL_FACTS = frozenset(
    {
        *(*_FACTS, "default", "x-stability", "x-deprecated"),
        *("x-experimental-values", "x-deprecated-values"),
    }
)


class Types:
    """The types of one protocol, each read when it is first asked for."""

    def __init__(self, protocol: Protocol) -> None:
        self.protocol = protocol
        self.kinds: dict[str, frozenset[str]] = {}
        self.told: dict[int, tuple[Union, Any]] = {}
        self._messages: dict[tuple[str, str, str], Type] = {}
        self._places: dict[tuple[str, str, str], JsonPath] = {
            (method.sender, method.kind, method.name): ("oneOf", index)
            for union in UNIONS
            for index, method in reversed([*enumerate(protocol.table(union.sender, union.kind))])
        }  # of several with one name, the first
        self._referred: dict[str, tuple[str, ...]] = {}
        self._named: dict[str, Type] = {}

    def named(self, name: str) -> Type:
        """Return the type of a full name; any value where the protocol does not have it."""
        if name not in self._named:
            known = self.protocol.types.get(name)
            self._named[name] = Anything() if known is None else read(known.schema)
        return self._named[name]

    def referred(self, name: str) -> tuple[str, ...]:
        """Return the full names that a type refers to, in order; none where there is no such type."""
        if name not in self._referred:
            known = self.protocol.types.get(name)
            found = () if known is None else references(known.schema)
            self._referred[name] = tuple(dict.fromkeys(found))
        return self._referred[name]

    def place(self, method: Method) -> JsonPath:
        """Return where the messages of a method stand in their union."""
        return self._places[method.sender, method.kind, method.name]

    def message(self, method: Method) -> Type:
        """Return the type of a method's messages, as the branch of its union; the paths start there."""
        key = (method.sender, method.kind, method.name)
        if key not in self._messages:
            self._messages[key] = read(method.branch, self.place(method))
        return self._messages[key]

    def beside(self, method: Method) -> dict[str, Type]:
        """Return the types of what stands beside `method` and `params` in all messages of its union."""
        shared = self.protocol.envelope_properties(method)
        return {name: read(schema, ("properties", name)) for name, schema in shared.items()}

    def params(self, method: Method) -> Type | None:
        """Return the type of a method's params; None when its messages have none."""
        found = self.message(method)
        return found.properties.get("params") if isinstance(found, Object) else None

    def experimental_members(self, method: Method) -> dict[str, Type]:
        """Return the members of a method's params that only the experimental schema has."""
        name = method.params_type
        params = self.params(method) if name is None else self.named(name)
        found = None if params is None else self.resolve(params)
        members = found.properties if isinstance(found, Object) else {}
        return {key: inner for key, inner in members.items() if inner.facts.is_experimental}

    def members(self, found: Type) -> Iterator[tuple[str, Type]]:
        """Yield the members that an object of a type may have, of all branches of a union."""
        found = self.resolve(split_nullable(self.resolve(found))[0])
        if isinstance(found, Object):
            yield from found.properties.items()
        elif isinstance(found, Union | All):
            for part in found.parts():
                yield from self.members(part)

    def resolve(self, found: Type) -> Type:
        """Follow references until a type that is none; any value where they lead round in a circle."""
        seen: set[str] = set()
        while isinstance(found, Ref):
            if found.name in seen:
                return Anything()
            seen.add(found.name)
            found = self.named(found.name)
        return found


def types_of(protocol: Protocol) -> Types:
    """Return the types of a protocol; for the same protocol the same ones, as long as it is in use."""
    return cached(Types, protocol)


def read(schema: Schema, path: JsonPath = ()) -> Type:
    """Return the type of a node; `path` is where it stands. What it refers to is not read."""
    if isinstance(schema, bool):
        return Anything(path=path) if schema else Never(path=path)
    facts = facts_of(schema)
    if "$ref" in schema:
        name = full_name(schema["$ref"])
        return Ref(name, facts=facts, path=path, text=schema)
    types = json_types(schema)
    if len(types) == 1 and _SEVERAL.isdisjoint(schema):  # nearly all nodes
        return _Reader(schema, path).of_kind(types[0], schema, facts=facts)
    parts = tuple(_Reader(schema, path).parts())
    if not parts:
        return Anything(facts=facts, path=path, text=schema)
    if len(parts) == 1:
        return replace(parts[0], facts=facts.over(parts[0].facts), text=schema)
    return All(parts, facts=facts, path=path, text=schema)


def facts_of(node: Mapping[str, Any]) -> Facts:
    """Return what a node says besides which values it admits."""
    if _ALL_FACTS.isdisjoint(node):
        return NO_FACTS
    said = {name: node[word] for word, name in _FACTS.items() if word in node}
    stability = node.get("x-stability")
    return Facts(
        **said,
        stability=None if stability is None else Stability(stability),
        deprecated=bool(node.get("x-deprecated")),
        default=node.get("default", ABSENT),
        experimental_values=tuple(node.get("x-experimental-values", ())),
        deprecated_values=tuple(node.get("x-deprecated-values", ())),
    )


def _is_ranged(node: Mapping[str, Any]) -> bool:
    return node.get("format") in INTEGER_RANGES


class _Reader:
    """Reads one node: what each group of its keywords asks for is one part."""

    def __init__(self, node: dict[str, Any], path: JsonPath) -> None:
        self.node = node
        self.path = path

    @property
    def alone(self) -> dict[str, Any]:
        """What the node says beside the keywords that combine others."""
        return {word: said for word, said in self.node.items() if word not in _COMBINING}

    def parts(self) -> Iterator[Type]:
        """Yield the types that a value must fit: the node's own keywords, then what it combines."""
        yield from self.own()
        for index, part in enumerate(self.node.get("allOf", ())):
            yield read(part, (*self.path, "allOf", index))
        for word in ("anyOf", "oneOf"):
            if word in self.node:
                yield self.union(word)
        if "not" in self.node:
            text = {"not": self.node["not"]}
            yield Opaque(self.inner("not"), Never(), Anything(), path=self.path, text=text)
        if "if" in self.node and self.node.keys() & {"then", "else"}:
            words = ("if", "then", "else")
            text = {word: self.node[word] for word in words if word in self.node}
            yield Opaque(*map(self.inner, words), path=self.path, text=text)

    def own(self) -> Iterator[Type]:
        """Yield what `type`, `enum`, `const` and the keywords of single JSON types ask for."""
        types = json_types(self.node)
        lists = [self.node["enum"]] if "enum" in self.node else []
        lists += [[self.node["const"]]] if "const" in self.node else []
        kinds = frozenset().union(*(TYPE_KINDS[t] for t in types)) if types else ALL_KINDS
        if types and not lists:
            yield self.typed(types)
            return
        limits = self.alone
        for values in lists:
            fitting = [v for v in values if json_kind(v) in kinds and self.is_within(v)]
            yield Enum(tuple(fitting), path=self.path, text={"enum": fitting})
            limits = {word: limits[word] for word in limits if not self.is_idle(word, fitting)}
        if _SAID.isdisjoint(limits):
            return
        for kind, says in _SAYS.items():
            about = {word: said for word, said in limits.items() if word in says}
            idle = {"additionalItems", *(() if _is_ranged(about) else ("format",))}
            if about.keys() - idle and TYPE_KINDS[kind] & kinds:
                yield self.of_kind(kind, about, others=True)

    def is_within(self, value: Any) -> bool:
        """Whether a listed value is within the limits of numbers."""
        if json_kind(value) not in TYPE_KINDS["number"]:
            return True
        return all(_BOUNDS[word](value, self.node[word]) for word in _BOUNDS if word in self.node)

    def is_idle(self, word: str, values: list[Any]) -> bool:
        """Whether a keyword says nothing more about listed values."""
        if word != "format":
            return word in _BOUNDS
        low, high = INTEGER_RANGES.get(self.node["format"], (-inf, inf))
        return all(low <= v <= high for v in values if json_kind(v) == "integer")

    def typed(self, types: tuple[str, ...]) -> Type:
        """Return what a node with a `type` asks for: one of several kinds of values."""
        alone = self.alone
        if len(types) == 1:
            return self.of_kind(types[0], alone)
        branches = tuple(self.of_kind(kind, {**alone, "type": kind}) for kind in types)
        return Union(branches, by_kind=True, path=self.path, text=alone)

    def of_kind(
        self, kind: str, node: dict[str, Any], *, others: bool = False, facts: Facts = NO_FACTS
    ) -> Type:
        """Return the values of one JSON type that a node admits."""
        limits = {word: node[word] for word in _LIMITS[kind] if word in node}
        about: dict[str, Any] = {
            "limits": limits,
            "others": others,
            "facts": facts,
            "path": self.path,
            "text": node,
        }
        if kind == "array":
            return self.array(about)
        return self.object(about) if kind == "object" else Scalar(kind, **about)

    def array(self, about: dict[str, Any]) -> Type:
        """Return a list, or a tuple."""
        contains = self.inner("contains") if "contains" in self.node else None
        if not isinstance(self.node.get("items"), list):
            return List(self.inner("items"), contains, **about)
        items = tuple(self.below("items", index) for index in range(len(self.node["items"])))
        return Tuple(items, self.inner("additionalItems"), contains, **about)

    def object(self, about: dict[str, Any]) -> Type:
        """Return an object, or a map."""
        rest = self.inner("additionalProperties") if "additionalProperties" in self.node else None
        if _NAMED.isdisjoint(self.node):
            return Map(rest=rest, **about)
        asked = self.node.get("dependencies", {})
        return Object(
            self.named("properties"),
            tuple(self.node.get("required", ())),
            rest,
            self.named("patternProperties"),
            self.inner("propertyNames") if "propertyNames" in self.node else None,
            {
                key: tuple(wanted) if isinstance(wanted, list) else self.below("dependencies", key)
                for key, wanted in asked.items()
            },
            **about,
        )

    def union(self, word: str) -> Union:
        """Return what `anyOf` or `oneOf` says."""
        text = {key: self.node[key] for key in (word, AT_LEAST_ONE) if key in self.node}
        exact = word == "oneOf" and AT_LEAST_ONE not in self.node
        branches = tuple(self.below(word, index) for index in range(len(self.node[word])))
        return Union(branches, exact, path=self.path, text=text)

    def named(self, word: str) -> dict[str, Type]:
        """Return the types of members that a keyword lists by name."""
        return {key: self.below(word, key) for key in self.node.get(word, ())}

    def below(self, word: str, key: Any) -> Type:
        """Return the type of a subschema in a list or in an object."""
        return read(self.node[word][key], (*self.path, word, key))

    def inner(self, word: str) -> Type:
        """Return the type of the one subschema of a keyword; any value when it is not there."""
        return read(self.node.get(word, True), (*self.path, word))
