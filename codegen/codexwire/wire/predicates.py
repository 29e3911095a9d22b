"""Schema nodes become straight-line Python functions that decide exactly, as source text.

Every named type and every object inside one becomes a function `name(v) -> bool`; everything smaller
is written in place. The text is what `codexwire.wire.compile` runs in memory and what the emitter
writes into a generated package; it needs nothing but the names of `codexwire.runtime.checks`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from codexwire.ir.keywords import ASSERTIONS
from codexwire.ir.model import Protocol, Schema, full_name
from codexwire.ir.nodes import single_values
from codexwire.ir.regex import python_regex
from codexwire.wire.complete import AT_LEAST_ONE
from codexwire.wire.explain import Spot, accepts
from codexwire.wire.expressions import (
    IT,
    LIMITED,
    LIMITS,
    SHARED,
    TESTS,
    Chunk,
    all_of,
    any_of,
    bind,
    constant,
    has_members,
    is_deep,
    is_plain,
    key_set,
    membership,
    number,
    sequence,
)
from codexwire.wire.formats import INTEGER_RANGES
from codexwire.wire.kinds import ALL_KINDS, apart, are_distinct_strings, kinds_of, types_of
from codexwire.wire.naming import Names, literal

__all__ = ["Chunk", "PredicateWriter"]


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
        self._define(name, self._conjuncts(schema, name))

    def _define(self, name: str, conjuncts: Sequence[str]) -> None:
        tests = [bind(test, "v", "v") for test in conjuncts]
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
        if is_plain(schema) and (test := self._expression(schema, name)) in SHARED:
            return SHARED[test]
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
            if not is_plain(target):
                return f"{self._type(full)}({IT})"
            schema = target
        if isinstance(schema, dict) and has_members(schema):
            return f"{self._hoist(owner, schema)}({IT})"
        test = all_of(self._conjuncts(schema, owner))
        if not is_deep(test):
            return test
        name = self._names.fresh(owner)
        self._define(name, [test])
        return f"{name}({IT})"

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
                word = "anyOf" if AT_LEAST_ONE in schema else keyword
                found.append(self._union(word, schema[keyword], owner))
        if "not" in schema:
            ruled_out = self._expression(schema["not"], f"{owner}__not")
            found.append(f"not ({ruled_out})")
        if "if" in schema and schema.keys() & {"then", "else"}:
            found += self._condition(schema, owner)
        return [part for part in found if part != "True"]

    def _condition(self, node: dict[str, Any], owner: str) -> list[str]:
        holds = f"{self._hoist(f'{owner}__if', node['if'])}({IT})"
        then = self._expression(node.get("then", True), f"{owner}__then")
        other = self._expression(node.get("else", True), f"{owner}__else")
        return [any_of([f"not {holds}", then]), any_of([holds, other])]

    def _typed(self, node: dict[str, Any], owner: str) -> list[str]:
        """Return what `type`, `enum` and the keywords of single types ask for."""
        types: Sequence[str] = types_of(node)
        lists = _lists(node)
        if not types and any(values and _are_strings(values) for values in lists):
            types = ("string",)
        limits = {t: self._limits(t, node, owner) for t in types or LIMITED}
        if not types:
            untyped = [
                f"(not {TESTS[t]} or {all_of(limit)})" for t, limit in limits.items() if limit
            ]
            return untyped + self._listed(node)
        if types == ("string",) and not limits["string"] and _is_one_string(lists):
            return [membership(lists[0])]
        plain = [t for t in types if not limits[t]]
        choices = [TESTS[t] for t in plain if not (t == "integer" and "number" in plain)]
        if len(types) == 1:
            return [TESTS[types[0]], *limits[types[0]], *self._listed(node)]
        choices += [f"({TESTS[t]} and {all_of(limits[t])})" for t in types if limits[t]]
        return [any_of(choices), *self._listed(node)]

    def _listed(self, node: dict[str, Any]) -> list[str]:
        found = []
        for values in _lists(node):
            if types_of(node) in ((), ("string",)) and _are_strings(values):
                found.append(membership(values))
            else:
                found.append(f"equals_any({IT}, {constant(tuple(values))})")
        return found

    def _limits(self, kind: str, node: dict[str, Any], owner: str) -> list[str]:
        """Return what the keywords that concern one type ask for, its type test aside."""
        found = [
            template.format(v=IT, n=number(node[keyword]))
            for keyword, template in LIMITS.get(kind, {}).items()
            if keyword in node
        ]
        if self.formats and kind in ("integer", "number") and node.get("format") in INTEGER_RANGES:
            low, high = INTEGER_RANGES[node["format"]]
            in_range = f"{low} <= {IT} <= {high}"
            found.append(in_range if kind == "integer" else f"(not is_integer({IT}) or {in_range})")
        if kind == "object":
            found += self._members(node, owner)
        if kind == "array":
            found += self._items(node, owner)
        if kind == "string":
            found += self._pattern(node, owner)
        return found

    def _pattern(self, node: dict[str, Any], owner: str) -> list[str]:
        regex = python_regex(node["pattern"]) if "pattern" in node else None
        if regex is None:
            return []
        name = self._table("PATTERN", owner, f"compile_pattern({literal(regex)})")
        return [f"{name}.search({IT}) is not None"]

    def _items(self, node: dict[str, Any], owner: str) -> list[str]:
        found = [f"all_differ({IT})"] if node.get("uniqueItems", False) else []
        if "contains" in node:
            found.append(f"any(map({self._hoist(f'{owner}__contains', node['contains'])}, {IT}))")
        schema = node.get("items", True)
        if isinstance(schema, list):
            return found + self._tuple(schema, node.get("additionalItems", True), owner)
        if not self._takes_anything(schema):
            found.append(f"all(map({self._hoist(f'{owner}__items', schema)}, {IT}))")
        return found

    def _tuple(self, items: Sequence[Schema], rest: Schema, owner: str) -> list[str]:
        found = []
        if not all(map(self._takes_anything, items)):
            tests = [self._hoist(f"{owner}__items{i}", item) for i, item in enumerate(items)]
            found.append(f"each_in_turn({IT}, {self._table('ITEMS', owner, sequence(tests))})")
        if rest is False:
            found.append(f"len({IT}) <= {len(items)}")
        elif not self._takes_anything(rest):
            other = self._hoist(f"{owner}__more", rest)
            found.append(f"all(map({other}, {IT}[{len(items)}:]))")
        return found

    def _members(self, node: dict[str, Any], owner: str) -> list[str]:
        required = node.get("required", ())
        properties = node.get("properties", {})
        found = [f"{literal(key)} in {IT}" for key in required if key not in properties]
        for key, schema in properties.items():
            found.append(self._member(key, schema, key in required, f"{owner}__{key}"))
        if "patternProperties" in node:
            found += self._by_pattern(node, owner)
        else:
            found += self._others(properties, node.get("additionalProperties", True), owner)
        if not self._takes_anything(node.get("propertyNames", True)):
            found.append(f"all(map({self._hoist(f'{owner}__name', node['propertyNames'])}, {IT}))")
        for key, wanted in node.get("dependencies", {}).items():
            found.append(self._dependency(key, wanted, f"{owner}__with_{key}"))
        return [part for part in found if part != "True"]

    def _others(self, properties: Mapping[str, Schema], rest: Schema, owner: str) -> list[str]:
        """Return what `additionalProperties` asks for."""
        if rest is False:
            keys = self._table("KEYS", owner, key_set(properties))
            return [f"{IT}.keys() <= {keys}"]
        if self._takes_anything(rest):
            return []
        other = self._hoist(f"{owner}__other", rest)
        if not properties:
            return [f"all(map({other}, {IT}.values()))"]
        keys = self._table("KEYS", owner, key_set(properties))
        return [f"others({IT}, {keys}, {other})"]

    def _by_pattern(self, node: dict[str, Any], owner: str) -> list[str]:
        """Return what `patternProperties` and, beside it, `additionalProperties` ask for.

        When a pattern cannot be evaluated, any member may be one that matches it.
        """
        regexes = {pattern: python_regex(pattern) for pattern in node["patternProperties"]}
        entries = [
            f"(compile_pattern({literal(regex)}), {self._hoist(f'{owner}__{pattern}', schema)})"
            for pattern, schema in node["patternProperties"].items()
            if (regex := regexes[pattern]) is not None
        ]
        patterns = self._table("PATTERNS", owner, sequence(entries))
        found = [f"by_pattern({IT}, {patterns})"]
        rest = node.get("additionalProperties", True)
        if None not in regexes.values() and not self._takes_anything(rest):
            keys = self._table("KEYS", owner, key_set(node.get("properties", ())))
            other = self._hoist(f"{owner}__other", rest)
            found.append(f"others_by_pattern({IT}, {keys}, {patterns}, {other})")
        return found

    def _dependency(self, key: str, wanted: Sequence[str] | Schema, owner: str) -> str:
        if isinstance(wanted, (dict, bool)):
            test = self._expression(wanted, owner)
        else:
            test = all_of([f"{literal(other)} in {IT}" for other in wanted])
        return any_of([f"{literal(key)} not in {IT}", test])

    def _member(self, key: str, schema: Schema, required: bool, owner: str) -> str:
        test = self._expression(schema, owner)
        if test == "True":
            return f"{literal(key)} in {IT}" if required else "True"
        nullable = accepts(Spot(self.protocol, formats=self.formats), schema, None)
        if required and kinds_of(self.protocol, schema) == ALL_KINDS:
            bound = bind(test, f"{IT}[{literal(key)}]", "x")
            return f"{literal(key)} in {IT} and {bound}"
        if required is not nullable:  # a missing key reads as null and gets the right answer
            return bind(test, f"{IT}.get({literal(key)})", "x")
        if not required:
            test = f"({IT} is ABSENT or {test})"
        return bind(test, f"{IT}.get({literal(key)}, ABSENT)", "x")

    def _union(self, keyword: str, branches: Sequence[Schema], owner: str) -> str:
        """Return the test of a union: branches of different kinds of value never meet."""
        groups = apart([kinds_of(self.protocol, b) for b in branches])
        tests = []
        for group in groups:
            names = {i: branches[i] for i in group}
            tests.append(self._alternatives(keyword, names, owner))
        return any_of(tests)

    def _alternatives(self, keyword: str, branches: Mapping[int, Schema], owner: str) -> str:
        named = [(f"{owner}__{i}", branch) for i, branch in branches.items()]
        if len(named) == 1:
            return self._expression(named[0][1], named[0][0])
        if (values := self._strings(branches.values())) is not None:
            return f"(type({IT}) is str and {membership(values)})"
        if (tagged := self._tagged(list(branches.values()))) is not None:
            tag, by_value = tagged
            entries = "".join(
                f"    {literal(value)}: {self._hoist(f'{owner}__{value}', branch)},\n"
                for value, branch in by_value.items()
            )
            table = self._table("TAGS", owner, f"{{\n{entries}}}")
            return f"by_tag({IT}, {literal(tag)}, {table})"
        if keyword == "anyOf":
            return any_of([self._expression(branch, name) for name, branch in named])
        functions = ", ".join(self._hoist(name, branch) for name, branch in named)
        return f"exactly_one({IT}, ({functions}))"

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


def _lists(node: dict[str, Any]) -> list[list[Any]]:
    """Return the lists of values out of which a value must be one each."""
    found = [node["enum"]] if "enum" in node else []
    return [*found, [node["const"]]] if "const" in node else found


def _are_strings(values: Iterable[Any]) -> bool:
    return all(isinstance(value, str) for value in values)


def _is_one_string(lists: Sequence[Sequence[Any]]) -> bool:
    return len(lists) == 1 and len(lists[0]) == 1 and isinstance(lists[0][0], str)
