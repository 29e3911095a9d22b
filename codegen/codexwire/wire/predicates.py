"""Types become straight-line Python functions that decide exactly, as source text.

Every named type and every object inside one becomes a function `name(v) -> bool`; everything smaller
is written in place. The text is what `codexwire.wire.compile` runs in memory and what the emitter
writes into a generated package; it needs nothing but the names of `codexwire.runtime.checks`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from codexwire.ir.model import Protocol, Schema
from codexwire.ir.regex import python_regex
from codexwire.model.choose import disjoint_strings, kinds_of, object_tags
from codexwire.model.kinds import ALL_KINDS, INTEGER_RANGES, apart
from codexwire.model.read import Types, read, types_of
from codexwire.model.types import (
    All,
    Anything,
    Enum,
    Limited,
    List,
    Never,
    Object,
    Opaque,
    Ref,
    Scalar,
    Tuple,
    Type,
    Union,
)
from codexwire.wire.explain import Spot, accepts
from codexwire.wire.expressions import (
    IT,
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
    negated,
    number,
    sequence,
)
from codexwire.wire.naming import FreshNames, literal

__all__ = ["Chunk", "PredicateWriter"]


@dataclass(slots=True)
class PredicateWriter:
    """Writes each type once, when something first needs it.

    `formats` makes number formats assert. A type that has a definition already is not written again,
    so that the chunks of one writer can be run one after the other in one namespace.
    """

    protocol: Protocol
    formats: bool = False
    types: Types = field(init=False)
    _names: FreshNames = field(default_factory=lambda: FreshNames("is_"))
    _known: set[str] = field(default_factory=set)
    _functions: dict[str, str] = field(default_factory=dict)
    _tables: dict[str, str] = field(default_factory=dict)
    _waiting: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.types = types_of(self.protocol)

    def write(self, schemas: Mapping[str, Schema]) -> Chunk:
        """Return functions for the given nodes, by a name for each, and all that those need."""
        self._functions, self._tables = {}, {}
        roots = {name: self._root(name, read(schema)) for name, schema in schemas.items()}
        while self._waiting:
            full = self._waiting.pop()
            self._function(self._names.of(full), self.types.named(full))
        return Chunk(self._functions, self._tables, roots)

    def function_of(self, full: str) -> str:
        """Return the name of the function of a named type; empty for one that is not written."""
        return self._names.of(full) if full in self._known else ""

    def _root(self, name: str, found: Type) -> str:
        if isinstance(found, Ref):
            return self._type(found.name)
        function = self._names.fresh(f"is_{name}")
        self._function(function, found)
        return function

    def _type(self, full: str) -> str:
        if full not in self._known:
            self._known.add(full)
            self._waiting.append(full)
        return self._names.of(full)

    def _function(self, name: str, found: Type) -> None:
        self._functions[name] = ""  # keeps the place: the parts of a type come after it
        self._define(name, self._conjuncts(found, name))

    def _define(self, name: str, conjuncts: Sequence[str]) -> None:
        tests = [bind(test, "v", "v") for test in conjuncts]
        body = "\n        and ".join(tests) or "True"
        if len(tests) > 1:
            body = f"(\n        {body}\n    )"
        elif body.startswith("v == "):
            body = f"bool({body})"  # for type checkers, to whom `==` may return anything
        self._functions[name] = f"def {name}(v: Any) -> bool:\n    return {body}\n"

    def _hoist(self, name: str, found: Type) -> str:
        """Return the name of a function for a type inside a type."""
        if isinstance(found, Ref):
            return self._type(found.name)
        if is_plain(found) and (test := self._expression(found, name)) in SHARED:
            return SHARED[test]
        name = self._names.fresh(name)
        self._function(name, found)
        return name

    def _takes_anything(self, found: Type) -> bool:
        return isinstance(self.types.resolve(found), Anything)

    def _table(self, what: str, owner: str, text: str) -> str:
        name = self._names.fresh(f"{what}_{owner.removeprefix('is_')}")
        self._tables[name] = f"{name} = {text}\n"
        return name

    def _expression(self, found: Type, owner: str) -> str:
        """Return one expression for a type; objects inside types become functions."""
        if isinstance(found, Ref):
            target = self.types.named(found.name)
            if not is_plain(target):
                return f"{self._type(found.name)}({IT})"
            found = target
        if has_members(found):
            return f"{self._hoist(owner, found)}({IT})"
        test = all_of(self._conjuncts(found, owner))
        if not is_deep(test):
            return test
        name = self._names.fresh(owner)
        self._define(name, [test])
        return f"{name}({IT})"

    def _conjuncts(self, found: Type, owner: str) -> list[str]:
        return [part for part in self._parts(found, owner) if part != "True"]

    def _parts(self, found: Type, owner: str) -> list[str]:
        if isinstance(found, Limited):
            return self._limited(found, owner)
        if isinstance(found, All):
            return [test for part in found.members for test in self._part(part, found, owner)]
        if isinstance(found, Enum):
            return self._listed(found.values)
        if isinstance(found, Union):
            return [(self._by_kind if found.by_kind else self._union)(found, owner)]
        if isinstance(found, Opaque):
            return self._condition(found, owner)
        if isinstance(found, Never):
            return ["False"]
        return [] if isinstance(found, Anything) else [self._expression(found, owner)]

    def _part(self, part: Type, whole: All, owner: str) -> list[str]:
        """Return what one of several types asks for that a value must fit."""
        if part.path == whole.path:
            return self._conjuncts(part, owner)
        index = part.path[len(whole.path) + 1]
        return [self._expression(part, f"{owner}__all{index}")]

    def _condition(self, found: Opaque, owner: str) -> list[str]:
        if isinstance(found.then, Never) and isinstance(found.otherwise, Anything):
            return [negated(self._expression(found.condition, f"{owner}__not"))]
        holds = f"{self._hoist(f'{owner}__if', found.condition)}({IT})"
        then = self._expression(found.then, f"{owner}__then")
        other = self._expression(found.otherwise, f"{owner}__else")
        return [any_of([f"not {holds}", then]), any_of([holds, other])]

    def _limited(self, found: Limited, owner: str) -> list[str]:
        """Return what a scalar, array or object asks for."""
        kind, limits = found.json_type, self._limits(found, owner)
        if not found.others:
            return [TESTS[kind], *limits]
        return [f"(not {TESTS[kind]} or {all_of(limits)})"] if limits else []

    def _by_kind(self, found: Union, owner: str) -> str:
        """Return the test of values of several JSON types, those without limits first."""
        tests = [self._conjuncts(branch, owner) for branch in found.branches]
        plain = [test[0] for test in tests if len(test) == 1]
        if TESTS["number"] in plain:
            plain = [test for test in plain if test != TESTS["integer"]]
        return any_of([*plain, *(all_of(test) for test in tests if len(test) > 1)])

    @staticmethod
    def _listed(values: Sequence[Any]) -> list[str]:
        if not values or not all(isinstance(value, str) for value in values):
            return [f"equals_any({IT}, {constant(tuple(values))})"]
        return [TESTS["string"], membership(values)][len(values) == 1 :]

    def _limits(self, found: Limited, owner: str) -> list[str]:
        """Return what a type asks for, its type test aside."""
        kind = found.json_type
        limits = [
            template.format(v=IT, n=number(found.limits[keyword]))
            for keyword, template in LIMITS.get(kind, {}).items()
            if keyword in found.limits
        ]
        span = INTEGER_RANGES.get(found.limits.get("format", ""))
        if self.formats and span and kind in ("integer", "number"):
            in_range = f"{span[0]} <= {IT} <= {span[1]}"
            limits.append(
                in_range if kind == "integer" else f"(not is_integer({IT}) or {in_range})"
            )
        if isinstance(found, Object):
            return limits + self._members(found, owner)
        if isinstance(found, List | Tuple):
            return limits + self._items(found, owner)
        return limits + (self._pattern(found, owner) if isinstance(found, Scalar) else [])

    def _pattern(self, found: Scalar, owner: str) -> list[str]:
        regex = python_regex(found.limits["pattern"]) if "pattern" in found.limits else None
        if regex is None:
            return []
        name = self._table("PATTERN", owner, f"compile_pattern({literal(regex)})")
        return [f"{name}.search({IT}) is not None"]

    def _items(self, found: List | Tuple, owner: str) -> list[str]:
        tests = [f"all_differ({IT})"] if found.limits.get("uniqueItems") else []
        if found.contains is not None:
            tests.append(f"any(map({self._hoist(f'{owner}__contains', found.contains)}, {IT}))")
        if isinstance(found, Tuple):
            return tests + self._tuple(found, owner)
        if not self._takes_anything(found.items):
            tests.append(f"all(map({self._hoist(f'{owner}__items', found.items)}, {IT}))")
        return tests

    def _tuple(self, found: Tuple, owner: str) -> list[str]:
        tests, count = [], len(found.items)
        if not all(map(self._takes_anything, found.items)):
            names = [self._hoist(f"{owner}__items{i}", item) for i, item in enumerate(found.items)]
            tests.append(f"each_in_turn({IT}, {self._table('ITEMS', owner, sequence(names))})")
        if isinstance(found.rest, Never):
            tests.append(f"len({IT}) <= {count}")
        elif not self._takes_anything(found.rest):
            tests.append(f"all(map({self._hoist(f'{owner}__more', found.rest)}, {IT}[{count}:]))")
        return tests

    def _members(self, found: Object, owner: str) -> list[str]:
        properties = found.properties
        tests = [f"{literal(key)} in {IT}" for key in found.required if key not in properties]
        for key, inner in properties.items():
            tests.append(self._member(key, inner, key in found.required, f"{owner}__{key}"))
        tests += (self._by_pattern if found.patterns else self._others)(found, owner)
        if found.names is not None and not self._takes_anything(found.names):
            tests.append(f"all(map({self._hoist(f'{owner}__name', found.names)}, {IT}))")
        for key, wanted in found.dependencies.items():
            tests.append(self._dependency(key, wanted, f"{owner}__with_{key}"))
        return [part for part in tests if part != "True"]

    def _others(self, found: Object, owner: str) -> list[str]:
        """Return what is asked of members without a type of their own."""
        if found.rest is None or self._takes_anything(found.rest):
            return []
        if found.is_closed:
            keys = self._table("KEYS", owner, key_set(found.properties))
            return [f"{IT}.keys() <= {keys}"]
        other = self._hoist(f"{owner}__other", found.rest)
        if not found.properties:
            return [f"all(map({other}, {IT}.values()))"]
        keys = self._table("KEYS", owner, key_set(found.properties))
        return [f"others({IT}, {keys}, {other})"]

    def _by_pattern(self, found: Object, owner: str) -> list[str]:
        """Return what is asked of members by patterns of their names, and of those that match none.

        When a pattern cannot be evaluated, any member may be one that matches it.
        """
        regexes = {pattern: python_regex(pattern) for pattern in found.patterns}
        entries = [
            f"(compile_pattern({literal(regex)}), {self._hoist(f'{owner}__{pattern}', inner)})"
            for pattern, inner in found.patterns.items()
            if (regex := regexes[pattern]) is not None
        ]
        patterns = self._table("PATTERNS", owner, sequence(entries))
        tests = [f"by_pattern({IT}, {patterns})"]
        rest = found.rest
        if None not in regexes.values() and rest is not None and not self._takes_anything(rest):
            keys = self._table("KEYS", owner, key_set(found.properties))
            other = self._hoist(f"{owner}__other", rest)
            tests.append(f"others_by_pattern({IT}, {keys}, {patterns}, {other})")
        return tests

    def _dependency(self, key: str, wanted: Sequence[str] | Type, owner: str) -> str:
        if isinstance(wanted, Type):
            test = self._expression(wanted, owner)
        else:
            test = all_of([f"{literal(other)} in {IT}" for other in wanted])
        return any_of([f"{literal(key)} not in {IT}", test])

    def _member(self, key: str, found: Type, required: bool, owner: str) -> str:
        test = self._expression(found, owner)
        if test == "True":
            return f"{literal(key)} in {IT}" if required else "True"
        nullable = accepts(Spot(self.protocol, formats=self.formats), found.text, None)
        if required and kinds_of(self.types, found) == ALL_KINDS:
            bound = bind(test, f"{IT}[{literal(key)}]", "x")
            return f"{literal(key)} in {IT} and {bound}"
        if required is not nullable:  # a missing key reads as null and gets the right answer
            return bind(test, f"{IT}.get({literal(key)})", "x")
        if not required:
            test = f"({IT} is ABSENT or {test})"
        return bind(test, f"{IT}.get({literal(key)}, ABSENT)", "x")

    def _union(self, found: Union, owner: str) -> str:
        """Return the test of a union: branches of different kinds of value never meet."""
        groups = apart([kinds_of(self.types, branch) for branch in found.branches])
        tests = []
        for group in groups:
            names = {i: found.branches[i] for i in group}
            tests.append(self._alternatives(found.exact, names, owner))
        return any_of(tests)

    def _alternatives(self, exact: bool, branches: Mapping[int, Type], owner: str) -> str:
        named = [(f"{owner}__{i}", branch) for i, branch in branches.items()]
        if len(named) == 1:
            return self._expression(named[0][1], named[0][0])
        if (values := disjoint_strings(self.types, branches.values())) is not None:
            return f"(type({IT}) is str and {membership(values)})"
        if (tagged := self._tagged(list(branches.values()))) is not None:
            tag, by_value = tagged
            entries = "".join(
                f"    {literal(value)}: {self._hoist(f'{owner}__{value}', branch)},\n"
                for value, branch in by_value.items()
            )
            table = self._table("TAGS", owner, f"{{\n{entries}}}")
            return f"by_tag({IT}, {literal(tag)}, {table})"
        if not exact:
            return any_of([self._expression(branch, name) for name, branch in named])
        functions = ", ".join(self._hoist(name, branch) for name, branch in named)
        return f"exactly_one({IT}, ({functions}))"

    def _tagged(self, branches: Sequence[Type]) -> tuple[str, dict[str, Type]] | None:
        """Return the tag that tells object branches apart, with the branch of each value."""
        if (tagged := object_tags(self.types, branches)) is None:
            return None
        tag, values = tagged
        return tag, dict(zip(values, branches, strict=True))
