"""Random definitions of JSON Schema draft-07: every keyword, and the shapes that published bundles have."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any, TypeAlias
from urllib.parse import quote

from codexwire.ir.walk import subschemas
from codexwire.location import join_pointer
from codexwire.runtime.checks import all_differ
from fuzzing.values import KEYS, NUMBERS, STRINGS, value

__all__ = ["Node", "definitions", "leaf"]

Node: TypeAlias = "dict[str, Any] | bool"

_TYPES = ("null", "boolean", "integer", "number", "string", "array", "object")
_PATTERNS = (
    *("^[xa]", "y$", "[b\\u00e9]", ".", "^.{2,}$", "^$", "\\d", "^(a|b)+$", "\\s", "^.$", "\\w+"),
    *(
        "\\W",
        "^\\S+$",
        "[^a]",
        "(?=a)",
        "(?<!a)b",
        "\\x61",
        "^(?:x|y)*?$",
        "[^\\s\\d]",
        "\\.",
        "x{1,2}y",
    ),
)
_FORMATS = ("int32", "uint32", "int64", "uint64", "uint8", "uint16", "uint", "double", "date-time")
_TAGS = ("x", "y", "xyz", "text", "é")
_LIMITS: tuple[tuple[str, tuple[Any, ...], tuple[Any, ...]], ...] = (
    ("minimum", (0, 1, 0.5, -1, 0.0, 2**53 + 1, 1.0 * 2**53, -(2**63)), ("integer", "number")),
    ("maximum", (0, 1, 0.5, 2**64, 2**63, 255, 1e20), ("integer", "number")),
    ("exclusiveMinimum", (0, 1.5, -1), ("integer", "number")),
    ("exclusiveMaximum", (1, 2**53 + 1, 2.0), ("integer", "number")),
    ("multipleOf", (1, 2, 3, 0.5, 0.1, 1.0, 2**64), ("integer", "number", "string")),
    ("minLength", (0, 1, 2, 1.0), ("string",)),
    ("maxLength", (0, 1, 3, 2**64), ("string",)),
    ("pattern", _PATTERNS, ("string",)),
    ("minItems", (0, 1, 2), ("array",)),
    ("maxItems", (0, 1, 2.0), ("array",)),
    ("uniqueItems", (True, False), ("array",)),
    ("minProperties", (0, 1, 2.0), ("object",)),
    ("maxProperties", (0, 1, 2), ("object",)),
    ("format", _FORMATS, ("integer", "number", "string")),
)


def definitions(rng: Random, place: str) -> dict[str, Node]:
    """Return some types that refer to each other and stand at `place`; the last one is `Subject`.

    None consists of nothing but itself: a type refers to a later one, or itself, only from inside a
    member or an item.
    """
    names = [*(f"T{i}" for i in range(rng.randrange(4))), "Subject"]
    made: dict[str, Node] = {}
    for name in names:
        maker = _Maker(rng, place, names, made)
        depth = rng.choice((1, 2, 2, 3)) if name == "Subject" else rng.choice((0, 1, 1, 2))
        made[name] = maker.node(depth, inside=False)
    return made


def leaf(rng: Random, place: str) -> Node:
    """Return a schema that has no subschema and refers to nothing."""
    return _Maker(rng, place, [], {}).node(0, inside=False)


class _Maker:
    """Makes one type; `inside` says whether a node judges a part of the type's values."""

    def __init__(self, rng: Random, place: str, names: list[str], made: dict[str, Node]) -> None:
        self.rng, self.place = rng, place
        self.names, self.made = names, made

    def node(self, depth: int, *, inside: bool) -> Node:
        """Return any schema, subschemas nested up to a depth."""
        if depth <= 0 or self.rng.random() < 0.1:
            return self.rng.choice(_LEAVES)(self, inside)
        made = self.rng.choice(_NODES)(self, depth - 1, inside)
        if self.rng.random() < 0.08:
            word = self.rng.choice(("title", "description", "$comment", "x-y"))
            made = {**made, word: self.rng.choice(STRINGS)}
        return {**made, "default": value(self.rng)} if self.rng.random() < 0.05 else made

    def several(self, depth: int, inside: bool) -> list[Node]:
        """Return a few schemas."""
        return [self.node(depth, inside=inside) for _ in range(self.rng.choice((1, 2, 2, 3)))]

    def keys(self, most: int) -> list[str]:
        """Return a few names of members, all different."""
        return list(
            dict.fromkeys(self.rng.choice(KEYS) for _ in range(self.rng.randrange(most + 1)))
        )

    def maybe(self, made: dict[str, Any], **choices: Callable[[], Any]) -> dict[str, Any]:
        """Add each keyword in one of two cases."""
        return made | {word: make() for word, make in choices.items() if self.rng.random() < 0.5}

    # What has no subschema.

    def constant(self, _: bool) -> Node:
        return self.rng.random() < 0.7

    def type(self, _: bool) -> Node:
        many = self.rng.sample(_TYPES, self.rng.choice((1, 2, 2, 3)))
        return {"type": many if self.rng.random() < 0.4 else many[0]}

    def enum(self, _: bool) -> Node:
        if self.rng.random() < 0.5:
            return {"type": "string", "enum": self.strings()}
        values: list[Any] = []
        for _ in range(self.few()):
            more = [*values, value(self.rng, 1)]
            values = more if all_differ(more) else values
        found = {"enum": values}
        return {**found, "type": self.rng.choice(_TYPES)} if self.rng.random() < 0.2 else found

    def strings(self) -> list[str]:
        return list(dict.fromkeys(self.rng.choice(STRINGS) for _ in range(self.few())))

    def const(self, _: bool) -> Node:
        return {"const": self.rng.choice((*NUMBERS, True, False, "x", value(self.rng)))}

    def limited(self, _: bool) -> Node:
        word, limits, types = self.rng.choice(_LIMITS)
        made = {word: self.rng.choice(limits)}
        more, others, theirs = self.rng.choice(_LIMITS)
        if self.rng.random() < 0.5 and set(theirs) & set(types):
            made[more] = self.rng.choice(others)
        stated = self.rng.choice((None, "one", "one", "null", "two"))
        kind = self.rng.choice(types)
        if stated == "one":
            made["type"] = kind
        elif stated is not None:
            made["type"] = [kind, "null" if stated == "null" else "boolean"]
        return made

    def reference(self, inside: bool) -> Node:
        if inside and self.made and self.rng.random() < 0.15:
            name = self.rng.choice([*self.made])
            path = self.rng.choice([path for path, _ in subschemas(self.made[name])])
            return {"$ref": f"{self.place}/{name}{quote(join_pointer(path))}"}
        allowed = self.names if inside else [*self.made]
        if not allowed:
            return True
        found = {"$ref": f"{self.place}/{self.rng.choice(allowed)}"}
        return {**found, **self.plain(0, inside)} if self.rng.random() < 0.1 else found

    def few(self) -> int:
        return self.rng.choice((1, 1, 2, 3))

    # What has subschemas.

    def object(self, depth: int, _: bool) -> dict[str, Any]:
        members = {key: self.node(depth, inside=True) for key in self.keys(3)}
        made = {"type": "object", "properties": members}
        if self.rng.random() < 0.25:
            made["type"] = ["object", self.rng.choice(_TYPES[:-1])]
        elif self.rng.random() < 0.2:
            del made["type"]
        known = [*members] if self.rng.random() < 0.7 else self.keys(2)
        return self.maybe(
            made,
            required=lambda: known,
            additionalProperties=lambda: (
                self.rng.random() < 0.3 or self.node(depth, inside=True)
                if self.rng.random() < 0.5
                else False
            ),
        )

    def named(self, depth: int, inside: bool) -> dict[str, Any]:
        def patterns() -> dict[str, Node]:
            return {
                self.rng.choice(_PATTERNS): self.node(depth, inside=True) for _ in range(self.few())
            }

        def dependencies() -> dict[str, Any]:
            return {
                key: self.keys(2) if self.rng.random() < 0.5 else self.node(depth, inside=inside)
                for key in self.keys(2)
            }

        made = self.object(depth, inside)
        return self.maybe(
            made,
            patternProperties=patterns,
            dependencies=dependencies,
            propertyNames=lambda: self.node(depth - 1, inside=True),
            minProperties=lambda: self.rng.choice((0, 1)),
        )

    def map(self, depth: int, _: bool) -> dict[str, Any]:
        return {"type": "object", "additionalProperties": self.node(depth, inside=True)}

    def array(self, depth: int, _: bool) -> dict[str, Any]:
        made = {"type": self.rng.choice(("array", "array", ["array", "null"], ["array", "string"]))}
        made["items"] = self.node(depth, inside=True)
        return self.maybe(
            made,
            minItems=lambda: self.rng.choice((0, 1)),
            maxItems=lambda: 2,
            uniqueItems=lambda: self.rng.random() < 0.5,
        )

    def tuple(self, depth: int, _: bool) -> dict[str, Any]:
        items = self.several(depth, True)
        return self.maybe(
            {"items": items},
            type=lambda: "array",
            additionalItems=lambda: self.node(depth, inside=True),
            contains=lambda: self.node(depth, inside=True),
        )

    def contains(self, depth: int, _: bool) -> dict[str, Any]:
        return self.maybe({"contains": self.node(depth, inside=True)}, type=lambda: "array")

    def union(self, depth: int, inside: bool) -> dict[str, Any]:
        return {self.rng.choice(("oneOf", "anyOf", "allOf")): self.several(depth, inside)}

    def nullable(self, depth: int, inside: bool) -> dict[str, Any]:
        both = [self.node(depth, inside=inside), {"type": "null"}]
        return {self.rng.choice(("anyOf", "oneOf")): both}

    def tagged(self, depth: int, inside: bool) -> dict[str, Any]:
        tag = self.rng.choice(("type", "type", "type", *KEYS))
        values: list[Any] = self.rng.sample(_TAGS, self.rng.choice((2, 2, 3)))
        if self.rng.random() < 0.1:
            values[0] = self.rng.choice((1, True, 1.0, None, values[-1]))
        return {
            self.rng.choice(("oneOf", "oneOf", "anyOf")): [
                self.variant(tag, value, depth, inside) for value in values
            ]
        }

    def variant(self, tag: str, value: Any, depth: int, inside: bool) -> dict[str, Any]:
        made = self.object(depth, inside)
        alone = {"const": value} if self.rng.random() < 0.3 else {"enum": [value]}
        if isinstance(value, str) and self.rng.random() < 0.7:
            alone["type"] = "string"
        made |= {"type": "object", "properties": {**made["properties"], tag: alone}}
        if self.rng.random() < 0.9:
            made["required"] = [*dict.fromkeys([*made.get("required", ()), tag])]
        return made

    def external(self, depth: int, inside: bool) -> dict[str, Any]:
        branches: list[Node] = [
            {
                "type": "object",
                "required": [key],
                "properties": {key: self.node(depth, inside=True)},
                "additionalProperties": False,
            }
            for key in dict.fromkeys(self.rng.choice(KEYS) for _ in range(self.few()))
        ]
        branches += [self.enum(inside) for _ in range(self.rng.randrange(3))]
        return {self.rng.choice(("oneOf", "anyOf")): branches}

    def objects(self, depth: int, inside: bool) -> dict[str, Any]:
        word = self.rng.choice(("oneOf", "anyOf", "allOf"))
        return {word: [{**self.object(depth, inside), "type": "object"} for _ in range(self.few())]}

    def beside(self, depth: int, inside: bool) -> dict[str, Any]:
        union = self.rng.choice((_Maker.union, _Maker.objects, _Maker.tagged, _Maker.nullable))
        return {**self.named(depth, inside), **union(self, depth, inside)}

    def negated(self, depth: int, inside: bool) -> dict[str, Any]:
        made = {"not": self.node(depth, inside=inside)}
        return {**self.object(depth, inside), **made} if self.rng.random() < 0.5 else made

    def condition(self, depth: int, inside: bool) -> dict[str, Any]:
        made = self.maybe(
            {"if": self.node(depth, inside=inside)},
            **{word: lambda: self.node(depth, inside=inside) for word in ("then", "else")},
        )
        return {**self.named(depth, inside), **made} if self.rng.random() < 0.4 else made

    def mixed(self, depth: int, inside: bool) -> dict[str, Any]:
        """Keywords of several shapes in one node, whatever they come to."""
        chosen = self.rng.sample(_NODES, 2)
        return {word: said for make in chosen for word, said in make(self, depth, inside).items()}

    def plain(self, _depth: int, inside: bool) -> dict[str, Any]:
        """Keywords of several nodes without subschemas, whatever they come to."""
        leaves = (self.rng.choice(_LEAVES)(self, inside) for _ in range(self.few()))
        found = [made for made in leaves if isinstance(made, dict) and "$ref" not in made]
        return {word: said for made in found for word, said in made.items()}


_LEAVES: tuple[Callable[[_Maker, bool], Node], ...] = (
    *(_Maker.constant, _Maker.type, _Maker.type, _Maker.enum, _Maker.enum, _Maker.const),
    *(_Maker.limited, _Maker.limited, _Maker.limited, _Maker.reference, _Maker.reference),
)
_NODES: tuple[Callable[[_Maker, int, bool], dict[str, Any]], ...] = (
    *(_Maker.object, _Maker.object, _Maker.named, _Maker.map, _Maker.array, _Maker.tuple),
    *(_Maker.contains, _Maker.union, _Maker.nullable, _Maker.tagged, _Maker.tagged),
    *(_Maker.external, _Maker.objects, _Maker.beside, _Maker.beside, _Maker.negated),
    *(_Maker.condition, _Maker.mixed, _Maker.plain, _Maker.plain),
)
