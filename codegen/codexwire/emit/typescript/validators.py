"""Types become JavaScript functions that decide exactly, as `codexwire.wire.predicates` does in Python.

Every named type becomes an exported function `isName`; what is not said in one expression inside a type
becomes a function of its own. They call the few functions of `runtime/checks.js`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from codexwire.emit.typescript.source import literal
from codexwire.ir.regex import strict_regex
from codexwire.model.choose import disjoint_strings, kinds_of, object_tags
from codexwire.model.kinds import ALL_KINDS, apart
from codexwire.model.read import Types
from codexwire.model.types import (
    All,
    Anything,
    Enum,
    Limited,
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
)
from codexwire.wire.naming import FreshNames

__all__ = ["CHECKS", "ValidatorWriter"]

CHECKS = (
    *("isObject", "isInteger", "isNumber", "isAnything", "own", "codePoints", "equalsAny"),
    *("allDiffer", "exactlyOne", "onlyKeys", "others", "byPattern", "othersByPattern"),
    *("eachInTurn", "isMultiple", "holds"),
)
"""The functions of `runtime/checks.js` that validators call."""

_TESTS = {
    "null": "{v} === null",
    "boolean": 'typeof {v} === "boolean"',
    "integer": "isInteger({v})",
    "number": "isNumber({v})",
    "string": 'typeof {v} === "string"',
    "array": "Array.isArray({v})",
    "object": "isObject({v})",
}
_NUMBER = {
    "minimum": "{v} >= {n}",
    "maximum": "{v} <= {n}",
    "exclusiveMinimum": "{v} > {n}",
    "exclusiveMaximum": "{v} < {n}",
    "multipleOf": "isMultiple({v}, {n})",
}
_LIMITS = {
    "integer": _NUMBER,
    "number": _NUMBER,
    "string": {"minLength": "codePoints({v}) >= {n}", "maxLength": "codePoints({v}) <= {n}"},
    "array": {"minItems": "{v}.length >= {n}", "maxItems": "{v}.length <= {n}"},
    "object": {
        "minProperties": "Object.keys({v}).length >= {n}",
        "maxProperties": "Object.keys({v}).length <= {n}",
    },
}
_INHERITED = frozenset(
    {
        *("constructor", "hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable"),
        *("toLocaleString", "toString", "valueOf", "__proto__", "__defineGetter__"),
        *("__defineSetter__", "__lookupGetter__", "__lookupSetter__"),
    }
)
"""The names that every JavaScript object has a member of."""

_FEW = 4
"""So many strings are compared one by one; more are looked up."""


@dataclass(slots=True)
class ValidatorWriter:
    """Writes functions, each once: `functions` maps their names to their source, `tables` is looked up by
    them and comes after, for it names functions.

    `names` maps full names of types to those of their functions.
    """

    types: Types
    names: Mapping[str, str]
    functions: dict[str, str] = field(default_factory=dict)
    tables: dict[str, str] = field(default_factory=dict)
    _unused: FreshNames = field(default_factory=FreshNames)

    def __post_init__(self) -> None:
        self._unused.taken.update(CHECKS, self.names.values())

    def named(self, full: str) -> str:
        """Write the function of a named type; return its name."""
        return self._define(self.names[full], self.types.named(full))

    def function(self, wanted: str, found: Type) -> str:
        """Return the name of a function for a type, which is written under a name like `wanted`."""
        if isinstance(found, Ref):
            return self.names[found.name]
        return self._define(self._unused.fresh(wanted), found)

    def _define(self, name: str, found: Type) -> str:
        self.functions[name] = ""  # keeps the place: the parts of a type come after it
        body = "".join(f"  {line}\n" for line in self._body(found, name))
        self.functions[name] = f"function {name}(v) {{\n{body}}}\n"
        return name

    def _table(self, owner: str, text: str) -> str:
        name = self._unused.fresh(f"{owner}__TABLE")
        self.tables[name] = f"const {name} = {text};\n"
        return name

    def _body(self, found: Type, owner: str) -> list[str]:
        """Return the statements of a function that decides about `v`."""
        if isinstance(found, Limited):
            return self._limited(found, owner)
        if isinstance(found, Union) and not found.by_kind and (lines := self._switch(found, owner)):
            return lines
        return [f"return {self._test(found, 'v', owner)};"]

    def _limited(self, found: Limited, owner: str) -> list[str]:
        kind = _TESTS[found.json_type].format(v="v")
        lines = [f"if (!{_bracketed(kind)}) return {'true' if found.others else 'false'};"]
        lines += [_must(test) for test in self._limits(found, "v")]
        if isinstance(found, Scalar):
            lines += [_must(test) for test in self._pattern(found, owner)]
        elif isinstance(found, List | Tuple):
            lines += self._items(found, owner)
        elif isinstance(found, Object):
            lines += self._members(found, owner)
        return [*lines, "return true;"]

    def _test(self, found: Type, v: str, owner: str) -> str:
        """Return an expression about a variable; whatever needs statements becomes a function."""
        if isinstance(found, Ref):
            target = self.types.named(found.name)
            return (
                self._test(target, v, owner)
                if _is_plain(target)
                else f"{self.names[found.name]}({v})"
            )
        if isinstance(found, Anything):
            return "true"
        if isinstance(found, Never):
            return "false"
        if isinstance(found, Enum):
            return self._listed(found.values, v, owner)
        if isinstance(found, All):
            return _all_of(
                self._test(part, v, f"{owner}__all{index}")
                for index, part in enumerate(found.members)
            )
        if isinstance(found, Union):
            return self._union(found, v, owner)
        if isinstance(found, Opaque):
            return self._condition(found, v, owner)
        assert isinstance(found, Limited)
        if _is_plain(found):
            return _all_of([_TESTS[found.json_type].format(v=v), *self._limits(found, v)])
        return f"{self.function(owner, found)}({v})"

    def _listed(self, values: Sequence[object], v: str, owner: str) -> str:
        if not all(value is None or isinstance(value, str | bool) for value in values):
            return f"equalsAny({v}, {self._table(owner, literal(values))})"
        if len(values) > _FEW:
            return f"{self._table(owner, f'new Set({literal(values)})')}.has({v})"
        return _any_of(f"{v} === {literal(value)}" for value in values)

    def _condition(self, found: Opaque, v: str, owner: str) -> str:
        holds = self._test(found.condition, v, f"{owner}__if")
        then = self._test(found.then, v, f"{owner}__then")
        other = self._test(found.otherwise, v, f"{owner}__else")
        return f"(({holds}) ? {then} : {other})"

    def _union(self, found: Union, v: str, owner: str) -> str:
        if found.by_kind:
            return _any_of(self._test(b, v, f"{owner}__{b.json_type}") for b in _kinds(found))
        groups = apart([kinds_of(self.types, branch) for branch in found.branches])
        return _any_of(
            self._alternatives(found, {i: found.branches[i] for i in group}, v, owner)
            for group in groups
        )

    def _alternatives(self, whole: Union, by_index: Mapping[int, Type], v: str, owner: str) -> str:
        """Return the test of branches that a value of one kind may be of."""
        branches = [*by_index.values()]
        if len(branches) == 1:
            return self._test(branches[0], v, f"{owner}__{next(iter(by_index))}")
        if (values := disjoint_strings(self.types, branches)) is not None:
            return self._listed(values, v, owner)
        if object_tags(self.types, branches) is not None:
            return f"{self._define_union(owner, branches)}({v})"
        if not whole.exact:
            return _any_of(self._test(b, v, f"{owner}__{i}") for i, b in by_index.items())
        functions = ", ".join(self.function(f"{owner}__{i}", b) for i, b in by_index.items())
        return f"exactlyOne({v}, {self._table(owner, f'[{functions}]')})"

    def _define_union(self, owner: str, branches: Sequence[Type]) -> str:
        return self._define(self._unused.fresh(owner), Union(tuple(branches), exact=True))

    def _switch(self, found: Union, owner: str) -> list[str] | None:
        """Return the statements that choose a branch by its tag; None where no string tells them apart."""
        if len(found.branches) < 2 or (tagged := object_tags(self.types, found.branches)) is None:
            return None
        tag, values = tagged
        cases = [
            f"  case {literal(value)}: return {self.function(f'{owner}__{value}', branch)}(v);"
            for value, branch in zip(values, found.branches, strict=True)
        ]
        start = ["if (!isObject(v)) return false;", f"switch ({_member('v', tag)}) {{"]
        return [*start, *cases, "  default: return false;", "}"]

    @staticmethod
    def _limits(found: Limited, v: str) -> list[str]:
        return [
            template.format(v=v, n=literal(found.limits[word]))
            for word, template in _LIMITS.get(found.json_type, {}).items()
            if word in found.limits
        ]

    def _pattern(self, found: Scalar, owner: str) -> list[str]:
        regex = strict_regex(found.limits["pattern"]) if "pattern" in found.limits else None
        return [] if regex is None else [f"{self._table(owner, _regex(regex))}.test(v)"]

    def _items(self, found: List | Tuple, owner: str) -> list[str]:
        lines = [_must("allDiffer(v)")] if found.limits.get("uniqueItems") else []
        if found.contains is not None:
            lines.append(_must(f"v.some({self.function(f'{owner}__contains', found.contains)})"))
        if isinstance(found, List):
            return lines + self._each(found.items, "v", f"{owner}__items")
        names = [self.function(f"{owner}__items{i}", item) for i, item in enumerate(found.items)]
        table = self._table(owner, f"[{', '.join(names)}]")
        lines.append(_must(f"eachInTurn(v, {table})"))
        return lines + self._each(found.rest, f"v.slice({len(names)})", f"{owner}__more")

    def _each(self, item: Type, values: str, owner: str) -> list[str]:
        test = self._test(item, "x", owner)
        return (
            []
            if test == "true"
            else [f"for (const x of {values}) if (!{_bracketed(test)}) return false;"]
        )

    def _members(self, found: Object, owner: str) -> list[str]:
        properties = found.properties
        lines = [
            _must(f"{_member('v', name)} !== undefined")
            for name in found.required
            if name not in properties
        ]
        members = [
            self._one(name, inner, name in found.required, f"{owner}__{name}")
            for name, inner in properties.items()
        ]
        if any(members):
            lines += ["let x;", *filter(None, members)]
        lines += (self._by_pattern if found.patterns else self._others)(found, owner)
        if found.names is not None:
            names = self.function(f"{owner}__name", found.names)
            lines.append(_must(f"Object.keys(v).every({names})"))
        for name, wanted in found.dependencies.items():
            lines.append(_must(self._dependency(name, wanted, f"{owner}__with_{name}")))
        return lines

    def _one(self, name: str, found: Type, required: bool, owner: str) -> str:
        """Return the statement about one member; what is not there reads as undefined."""
        test, read = self._test(found, "x", owner), f"(x = {_member('v', name)})"
        if test == "true":
            return _must(f"{_member('v', name)} !== undefined") if required else ""
        if not required:
            return f"if ({read} !== undefined && !{_bracketed(test)}) return false;"
        if kinds_of(self.types, found) == ALL_KINDS:
            return f"if ({read} === undefined || !{_bracketed(test)}) return false;"
        return f"x = {_member('v', name)}; {_must(test)}"

    def _others(self, found: Object, owner: str) -> list[str]:
        """Return what is asked of members without a type of their own."""
        if found.rest is None or isinstance(self.types.resolve(found.rest), Anything):
            return []
        if found.is_closed:
            return [_must(f"onlyKeys(v, {self._keys(found, owner)})")]
        other = self.function(f"{owner}__other", found.rest)
        return [_must(f"others(v, {self._keys(found, owner)}, {other})")]

    def _by_pattern(self, found: Object, owner: str) -> list[str]:
        """Return what patterns of names ask for; one that cannot be evaluated may match any name."""
        regexes = {pattern: strict_regex(pattern) for pattern in found.patterns}
        entries = [
            f"[{_regex(regex)}, {self.function(f'{owner}__{pattern}', inner)}]"
            for pattern, inner in found.patterns.items()
            if (regex := regexes[pattern]) is not None
        ]
        patterns = self._table(owner, f"[{', '.join(entries)}]")
        lines = [_must(f"byPattern(v, {patterns})")]
        if None not in regexes.values() and found.rest is not None:
            other = self.function(f"{owner}__other", found.rest)
            keys = self._keys(found, owner)
            lines.append(_must(f"othersByPattern(v, {keys}, {patterns}, {other})"))
        return lines

    def _keys(self, found: Object, owner: str) -> str:
        return self._table(owner, f"new Set({literal(sorted(found.properties))})")

    def _dependency(self, name: str, wanted: Sequence[str] | Type, owner: str) -> str:
        if isinstance(wanted, Type):
            test = self._test(wanted, "v", owner)
        else:
            test = _all_of(f"{_member('v', other)} !== undefined" for other in wanted)
        return _any_of([f"{_member('v', name)} === undefined", test])


def _kinds(found: Union) -> Iterable[Limited]:
    return (branch for branch in found.branches if isinstance(branch, Limited))


def _member(v: str, name: str) -> str:
    return f"own({v}, {literal(name)})" if name in _INHERITED else f"{v}[{literal(name)}]"


def _regex(pattern: str) -> str:
    return f'new RegExp({literal(pattern)}, "u")'


def _must(test: str) -> str:
    return f"if (!{_bracketed(test)}) return false;"


def _bracketed(test: str) -> str:
    """Return a test as one operand: calls and bracketed ones are that already."""
    return test if _is_call(test) else f"({test})"


def _is_call(test: str) -> bool:
    name, _, rest = test.partition("(")
    return name.replace(".", "").isidentifier() and rest.endswith(")") and rest.count("(") == 0


def _all_of(tests: Iterable[str]) -> str:
    return _combined([*tests], " && ", idle="true", deciding="false")


def _any_of(tests: Iterable[str]) -> str:
    return _combined([*tests], " || ", idle="false", deciding="true")


def _combined(tests: list[str], sign: str, *, idle: str, deciding: str) -> str:
    if deciding in tests:
        return deciding
    kept = [test for test in tests if test != idle]
    return kept[0] if len(kept) == 1 else f"({sign.join(kept)})" if kept else idle


def _is_plain(found: Type) -> bool:
    """Whether a type is said in one expression without tables: a JSON type, few constants, limits."""
    if isinstance(found, Enum):
        texts = all(v is None or isinstance(v, str | bool) for v in found.values)
        return texts and len(found.values) <= _FEW
    if not isinstance(found, Limited) or found.others:
        return isinstance(found, Anything | Never)
    if isinstance(found, List):
        bare = isinstance(found.items, Anything) and found.contains is None
        return bare and not found.limits.get("uniqueItems")
    if isinstance(found, Map):
        return found.rest is None
    return isinstance(found, Scalar) and "pattern" not in found.limits
