"""Schema nodes become straight-line Python functions that decide exactly, as source text.

Every named type and every object inside one becomes a function `name(v) -> bool`; everything smaller
is written in place. The text is what `codexwire.wire.compile` runs in memory and what the emitter
writes into a generated package; it needs nothing but the names of `codexwire.runtime.checks`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from codexwire.ir.model import Protocol, Schema, full_name
from codexwire.ir.nodes import single_values
from codexwire.wire.explain import Spot, accepts
from codexwire.wire.formats import INTEGER_RANGES
from codexwire.wire.keywords import ASSERTIONS
from codexwire.wire.kinds import ALL_KINDS, apart, are_distinct_strings, kinds_of, types_of
from codexwire.wire.naming import Names, literal

__all__ = ["Chunk", "PredicateWriter"]

# Stands for the value that an expression is about, until it is known what to call it.
_IT = "\0"


@dataclass(frozen=True, slots=True)
class Chunk:
    """Source of functions and of the tables that the functions look things up in.

    Both map a global name to its definition; tables name functions and come after them. `roots` gives
    the function of each node that was asked for.
    """

    functions: Mapping[str, str]
    tables: Mapping[str, str]
    roots: Mapping[str, str]

    @property
    def text(self) -> str:
        """The chunk as one piece of Python source."""
        return "\n\n".join((*self.functions.values(), *self.tables.values()))


@dataclass(slots=True)
class PredicateWriter:
    """Writes each type once, when something first needs it.

    `formats` makes number formats assert. A type that has a definition already is not written again,
    so that the chunks of one writer can be run one after the other in one namespace.
    """

    protocol: Protocol
    formats: bool = False
    _names: Names = field(default_factory=lambda: Names("is_"))
    _known: set[str] = field(default_factory=set)
    _functions: dict[str, str] = field(default_factory=dict)
    _tables: dict[str, str] = field(default_factory=dict)
    _waiting: list[str] = field(default_factory=list)

    def write(self, schemas: Mapping[str, Schema]) -> Chunk:
        """Return functions for the given nodes, by a name for each, and all that those need."""
        self._functions, self._tables = {}, {}
        roots = {name: self._root(name, schema) for name, schema in schemas.items()}
        while self._waiting:
            full = self._waiting.pop()
            self._function(self._names.of(full), self.protocol.types[full].schema)
        return Chunk(self._functions, self._tables, roots)

    def _root(self, name: str, schema: Schema) -> str:
        if isinstance(schema, dict) and "$ref" in schema:
            return self._type(full_name(schema["$ref"]))
        function = self._names.fresh(f"is_{name}")
        self._function(function, schema)
        return function

    def _type(self, full: str) -> str:
        if full not in self._known:
            self._known.add(full)
            self._waiting.append(full)
        return self._names.of(full)

    def _function(self, name: str, schema: Schema) -> None:
        self._functions[name] = ""  # keeps the place: the parts of a type come after it
        tests = [_bind(test, "v", "v") for test in self._conjuncts(schema, name)]
        body = "\n        and ".join(tests) or "True"
        if len(tests) > 1:
            body = f"(\n        {body}\n    )"
        elif body.startswith("v == "):
            body = f"bool({body})"  # for type checkers, to whom `==` may return anything
        self._functions[name] = f"def {name}(v: Any) -> bool:\n    return {body}\n"

    def _hoist(self, name: str, schema: Schema) -> str:
        """Return the name of a function for a node inside a type."""
        if isinstance(schema, dict) and "$ref" in schema:
            return self._type(full_name(schema["$ref"]))
        if _is_plain(schema) and (test := self._expression(schema, name)) in _SHARED:
            return _SHARED[test]
        name = self._names.fresh(name)
        self._function(name, schema)
        return name

    def _takes_anything(self, schema: Schema) -> bool:
        schema = self.protocol.resolve(schema)
        return schema is True or (isinstance(schema, dict) and not schema.keys() & ASSERTIONS)

    def _table(self, what: str, owner: str, text: str) -> str:
        name = self._names.fresh(f"{what}_{owner.removeprefix('is_')}")
        self._tables[name] = f"{name} = {text}\n"
        return name

    def _expression(self, schema: Schema, owner: str) -> str:
        """Return one expression for a node; objects inside types become functions."""
        if isinstance(schema, dict) and "$ref" in schema:
            full = full_name(schema["$ref"])
            target = self.protocol.types[full].schema
            if not _is_plain(target):
                return f"{self._type(full)}({_IT})"
            schema = target
        if isinstance(schema, dict) and _has_members(schema):
            return f"{self._hoist(owner, schema)}({_IT})"
        return _all(self._conjuncts(schema, owner))

    def _conjuncts(self, schema: Schema, owner: str) -> list[str]:
        if isinstance(schema, bool):
            return [] if schema else ["False"]
        if "$ref" in schema:
            return [self._expression(schema, owner)]
        found = self._typed(schema, owner)
        for index, part in enumerate(schema.get("allOf", ())):
            found.append(self._expression(part, f"{owner}__all{index}"))
        for keyword in ("anyOf", "oneOf"):
            if keyword in schema:
                found.append(self._union(keyword, schema[keyword], owner))
        if "not" in schema:
            ruled_out = self._expression(schema["not"], f"{owner}__not")
            found.append(f"not ({ruled_out})")
        return [part for part in found if part != "True"]

    def _typed(self, node: dict[str, Any], owner: str) -> list[str]:
        """Return what `type`, `enum` and the keywords of single types ask for."""
        types: Sequence[str] = types_of(node)
        values = [v for key in ("enum",) for v in node.get(key, ())]
        values += [node["const"]] if "const" in node else []
        limits = {t: self._limits(t, node, owner) for t in types or _LIMITED}
        if values and all(isinstance(v, str) for v in values) and not types:
            types, limits = ("string",), {"string": self._limits("string", node, owner)}
        if not types:
            untyped = [
                f"(not {_TESTS[t]} or {_all(limit)})" for t, limit in limits.items() if limit
            ]
            return untyped + self._listed(node)
        plain = [t for t in types if not limits[t]]
        choices = [_TESTS[t] for t in plain if not (t == "integer" and "number" in plain)]
        if values and types == ("string",) and not limits["string"] and len(values) == 1:
            return [_membership(values)]
        if len(types) == 1:
            return [_TESTS[types[0]], *limits[types[0]], *self._listed(node)]
        choices += [f"({_TESTS[t]} and {_all(limits[t])})" for t in types if limits[t]]
        return [_any(choices), *self._listed(node)]

    def _listed(self, node: dict[str, Any]) -> list[str]:
        found = []
        for values in (node.get("enum"), [node["const"]] if "const" in node else None):
            if values is None:
                continue
            if types_of(node) in ((), ("string",)) and all(isinstance(v, str) for v in values):
                found.append(_membership(values))
            else:
                found.append(f"equals_any({_IT}, {tuple(values)!r})")
        return found

    def _limits(self, kind: str, node: dict[str, Any], owner: str) -> list[str]:
        """Return what the keywords that concern one type ask for, its type test aside."""
        found = [
            template.format(v=_IT, n=_number(node[keyword]))
            for keyword, template in _LIMITS.get(kind, {}).items()
            if keyword in node
        ]
        if self.formats and kind in ("integer", "number") and node.get("format") in INTEGER_RANGES:
            low, high = INTEGER_RANGES[node["format"]]
            in_range = f"{low} <= {_IT} <= {high}"
            found.append(
                in_range if kind == "integer" else f"(not is_integer({_IT}) or {in_range})"
            )
        if kind == "object":
            found += self._members(node, owner)
        if kind == "array" and (items := self._item(node, owner)):
            found.append(items)
        return found

    def _item(self, node: dict[str, Any], owner: str) -> str | None:
        schema = node.get("items", True)
        if self._takes_anything(schema):
            return None
        return f"all(map({self._hoist(f'{owner}__items', schema)}, {_IT}))"

    def _members(self, node: dict[str, Any], owner: str) -> list[str]:
        required = node.get("required", ())
        properties = node.get("properties", {})
        found = [f"{literal(key)} in {_IT}" for key in required if key not in properties]
        for key, schema in properties.items():
            found.append(self._member(key, schema, key in required, f"{owner}__{key}"))
        rest = node.get("additionalProperties", True)
        if rest is False:
            keys = self._table("KEYS", owner, _keys(properties))
            found.append(f"{_IT}.keys() <= {keys}")
        elif not self._takes_anything(rest):
            other = self._hoist(f"{owner}__other", rest)
            if properties:
                keys = self._table("KEYS", owner, _keys(properties))
                found.append(f"others({_IT}, {keys}, {other})")
            else:
                found.append(f"all(map({other}, {_IT}.values()))")
        return [part for part in found if part != "True"]

    def _member(self, key: str, schema: Schema, required: bool, owner: str) -> str:
        test = self._expression(schema, owner)
        if test == "True":
            return f"{literal(key)} in {_IT}" if required else "True"
        nullable = accepts(Spot(self.protocol, formats=self.formats), schema, None)
        if required and kinds_of(self.protocol, schema) == ALL_KINDS:
            bound = _bind(test, f"{_IT}[{literal(key)}]", "x")
            return f"{literal(key)} in {_IT} and {bound}"
        if required is not nullable:  # a missing key reads as null and gets the right answer
            return _bind(test, f"{_IT}.get({literal(key)})", "x")
        if not required:
            test = f"({_IT} is ABSENT or {test})"
        return _bind(test, f"{_IT}.get({literal(key)}, ABSENT)", "x")

    def _union(self, keyword: str, branches: Sequence[Schema], owner: str) -> str:
        """Return the test of a union: branches of different kinds of value never meet."""
        groups = apart([kinds_of(self.protocol, b) for b in branches])
        tests = []
        for group in groups:
            names = {i: branches[i] for i in group}
            tests.append(self._alternatives(keyword, names, owner))
        return _any(tests)

    def _alternatives(self, keyword: str, branches: Mapping[int, Schema], owner: str) -> str:
        named = [(f"{owner}__{i}", branch) for i, branch in branches.items()]
        if len(named) == 1:
            return self._expression(named[0][1], named[0][0])
        if (values := self._strings(branches.values())) is not None:
            return f"(type({_IT}) is str and {_membership(values)})"
        if (tagged := self._tagged(list(branches.values()))) is not None:
            tag, by_value = tagged
            entries = "".join(
                f"    {literal(value)}: {self._hoist(f'{owner}__{value}', branch)},\n"
                for value, branch in by_value.items()
            )
            table = self._table("TAGS", owner, f"{{\n{entries}}}")
            return f"by_tag({_IT}, {literal(tag)}, {table})"
        if keyword == "anyOf":
            return _any([self._expression(branch, name) for name, branch in named])
        functions = ", ".join(self._hoist(name, branch) for name, branch in named)
        return f"exactly_one({_IT}, ({functions}))"

    def _strings(self, branches: Iterable[Schema]) -> list[str] | None:
        """Return the values of branches that are disjoint enums of strings, else None."""
        values: list[str] = []
        for branch in branches:
            node = self.protocol.resolve(branch)
            if not isinstance(node, dict) or "enum" not in node:
                return None
            if types_of(node) not in ((), ("string",)) or node.keys() & ASSERTIONS - {
                "type",
                "enum",
            }:
                return None
            values += node["enum"]
        return values if are_distinct_strings(values) else None

    def _tagged(self, branches: Sequence[Schema]) -> tuple[str, dict[str, Schema]] | None:
        """Return the tag that tells object branches apart, with the branch of each value."""
        objects = [self.protocol.resolve(b) for b in branches]
        if any(not isinstance(o, dict) or types_of(o) != ("object",) for o in objects):
            return None
        singles = [single_values(self.protocol, o) for o in objects]
        for tag in sorted(set(singles[0]).intersection(*singles[1:])):
            values = [s[tag] for s in singles]
            if are_distinct_strings(values):
                return tag, dict(zip(values, branches, strict=True))
        return None


_TESTS = {
    "null": f"{_IT} is None",
    "boolean": f"type({_IT}) is bool",
    "integer": f"is_integer({_IT})",
    "number": f"is_number({_IT})",
    "string": f"type({_IT}) is str",
    "array": f"type({_IT}) is list",
    "object": f"type({_IT}) is dict",
}

_SHARED = {
    _TESTS["boolean"]: "is_boolean",
    _TESTS["integer"]: "is_integer",
    _TESTS["number"]: "is_number",
    _TESTS["string"]: "is_string",
}

_NUMBER_LIMITS = {
    "minimum": "{v} >= {n}",
    "maximum": "{v} <= {n}",
    "exclusiveMinimum": "{v} > {n}",
    "exclusiveMaximum": "{v} < {n}",
}
_LIMITS = {
    "integer": _NUMBER_LIMITS,
    "number": _NUMBER_LIMITS,
    "string": {"minLength": "len({v}) >= {n}", "maxLength": "len({v}) <= {n}"},
    "array": {"minItems": "len({v}) >= {n}", "maxItems": "len({v}) <= {n}"},
}
_LIMITED = ("number", "string", "array", "object")
_MEMBERS = ("properties", "required", "additionalProperties")


def _keys(keys: Iterable[str]) -> str:
    listed = ", ".join(map(literal, sorted(keys)))
    return f"frozenset({{{listed}}})" if listed else "frozenset[str]()"


def _number(limit: float) -> str:
    """Write a limit without a needless `.0`, as published for unsigned integers."""
    return repr(int(limit)) if float(limit).is_integer() else repr(limit)


def _is_plain(schema: Schema) -> bool:
    """Whether a node is small enough to be written in place: a type, an enum, limits."""
    return isinstance(schema, bool) or not (
        _has_members(schema) or schema.keys() & {"$ref", "items", "allOf", "anyOf", "oneOf", "not"}
    )


def _has_members(schema: dict[str, Any]) -> bool:
    return any(keyword in schema for keyword in _MEMBERS)


def _membership(values: Sequence[str]) -> str:
    listed = ", ".join(map(literal, values))
    return f"{_IT} in {{{listed}}}" if len(values) != 1 else f"{_IT} == {listed}"


def _all(parts: Sequence[str]) -> str:
    parts = [p for p in parts if p != "True"]
    if len(parts) < 2:
        return parts[0] if parts else "True"
    return "({})".format(" and ".join(parts))


def _any(parts: Sequence[str]) -> str:
    if "True" in parts:
        return "True"
    return parts[0] if len(parts) == 1 else "({})".format(" or ".join(parts))


def _bind(expression: str, value: str, name: str) -> str:
    """Put a value into an expression: computed where it is first used, by name from there on."""
    if value == name or expression.count(_IT) < 2:
        return expression.replace(_IT, value)
    before, after = expression.split(_IT, 1)
    bare = before.endswith("(") and after.startswith(")")
    bound = f"{name} := {value}" if bare else f"({name} := {value})"
    return f"{before}{bound}{after.replace(_IT, name)}"
