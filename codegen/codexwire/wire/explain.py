"""Every violation of one value against one schema node, with the meant branch of a failed union.

This is the reference walk: slow, complete, and the one that decides what a violation is called. The
generated predicates decide the same question faster; a property test holds the two equal.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from codexwire.ir.model import Protocol, Schema, full_name
from codexwire.ir.nodes import union_of
from codexwire.location import join_pointer
from codexwire.runtime.checks import json_equal
from codexwire.wire.formats import INTEGER_RANGES
from codexwire.wire.kinds import TYPE_KINDS, describe_kind, kind_of, kinds_of, types_of
from codexwire.wire.violation import Violation

__all__ = ["Spot", "accepts", "describe", "explain"]

Path: TypeAlias = "tuple[str | int, ...]"

_SHOWN = 120


@dataclass(frozen=True, slots=True)
class Spot:
    """Where the walk stands: path into the value, owner and path of the schema node.

    `formats` tells whether number formats assert, `show_values` whether violations quote values.
    """

    protocol: Protocol
    at: Path = ()
    owner: str = ""
    path: Path = ()
    formats: bool = False
    show_values: bool = False

    def into(self, *key: str | int, schema: Path = ()) -> Spot:
        """Return the spot one step down in the value, and `schema` steps down in the schema."""
        return replace(self, at=(*self.at, *key), path=(*self.path, *schema))

    def type(self, name: str) -> Spot:
        """Return the spot at the definition of a named type, same place in the value."""
        return replace(self, owner=name, path=())

    def got(self, value: Any) -> str:
        """Return what a violation says about a value."""
        return describe(value, show_values=self.show_values)

    def violation(
        self, keyword: str, message: str, *, expected: str = "", got: str = ""
    ) -> Violation:
        """Return a violation of a keyword of the node that the walk stands at."""
        where = f"{self.owner}#{join_pointer((*self.path, keyword))}"
        return Violation(f"schema/{keyword}", join_pointer(self.at), message, expected, got, where)


def describe(value: Any, *, show_values: bool = False) -> str:
    """Return the type of a value, or the head of its JSON when values are to be shown."""
    if not show_values:
        return describe_kind(kind_of(value))
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


Check: TypeAlias = "Callable[[Spot, Any, Any, dict[str, Any]], Iterator[Violation]]"


def explain(spot: Spot, schema: Schema, value: Any) -> Iterator[Violation]:
    """Yield every violation of `value` against `schema`; none means that it is valid.

    Raises RecursionError for a value that is nested deeper than the interpreter allows.
    """
    if schema is True:
        return
    if schema is False:
        yield spot.violation("false", "no value is allowed here", got=spot.got(value))
        return
    if "$ref" in schema:
        name = full_name(schema["$ref"])
        yield from explain(spot.type(name), spot.protocol.types[name].schema, value)
        return
    if "type" in schema:
        broken = list(_type(spot, schema["type"], value, schema))
        if broken:
            yield from broken
            return
    for keyword, check in _CHECKS.items():
        if keyword in schema:
            yield from check(spot, schema[keyword], value, schema)


def accepts(spot: Spot, schema: Schema, value: Any) -> bool:
    """Whether `value` is valid against `schema`."""
    return next(explain(spot, schema, value), None) is None


def _type(spot: Spot, _: Any, value: Any, node: dict[str, Any]) -> Iterator[Violation]:
    types = types_of(node)
    kind = kind_of(value)
    if not any(kind in TYPE_KINDS[t] for t in types):
        yield _wrong_type(spot, types, value)


def _wrong_type(spot: Spot, types: Sequence[str], value: Any) -> Violation:
    expected, got = " or ".join(types), spot.got(value)
    return spot.violation("type", f"expected {expected}, got {got}", expected=expected, got=got)


def _enum(spot: Spot, values: Any, value: Any, _: dict[str, Any]) -> Iterator[Violation]:
    if not any(json_equal(value, v) for v in values):
        yield _not_listed(spot, values, value)


def _const(spot: Spot, constant: Any, value: Any, _: dict[str, Any]) -> Iterator[Violation]:
    if not json_equal(value, constant):
        yield replace(_not_listed(spot, [constant], value), rule="schema/const")


def _not_listed(spot: Spot, values: Sequence[Any], value: Any) -> Violation:
    listed = ", ".join(json.dumps(v, ensure_ascii=False) for v in values)
    expected, got = (f"one of {listed}" if len(values) > 1 else listed), spot.got(value)
    return spot.violation(
        "enum", f"expected {expected}, got another {got}", expected=expected, got=got
    )


def _required(spot: Spot, keys: Any, value: Any, _: dict[str, Any]) -> Iterator[Violation]:
    if isinstance(value, dict):
        for key in keys:
            if key not in value:
                yield _missing(spot, key)


def _missing(spot: Spot, key: str) -> Violation:
    return spot.violation(
        "required", f"the property {key!r} is missing", expected=f"property {key!r}", got="nothing"
    )


def _properties(spot: Spot, properties: Any, value: Any, _: dict[str, Any]) -> Iterator[Violation]:
    if isinstance(value, dict):
        for key, schema in properties.items():
            if key in value:
                below = spot.into(key, schema=("properties", key))
                yield from explain(below, schema, value[key])


def _additional(spot: Spot, schema: Any, value: Any, node: dict[str, Any]) -> Iterator[Violation]:
    if not isinstance(value, dict) or schema is True:
        return
    for key in value:
        if key in node.get("properties", {}):
            continue
        below = spot.into(key, schema=("additionalProperties",))
        if schema is False:
            yield replace(
                spot.violation("additionalProperties", f"the property {key!r} is not allowed"),
                pointer=join_pointer(below.at),
                expected="no such property",
                got=spot.got(value[key]),
            )
        else:
            yield from explain(below, schema, value[key])


def _items(spot: Spot, schema: Any, value: Any, _: dict[str, Any]) -> Iterator[Violation]:
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from explain(spot.into(index, schema=("items",)), schema, item)


def _format(spot: Spot, name: Any, value: Any, _: dict[str, Any]) -> Iterator[Violation]:
    if not spot.formats or name not in INTEGER_RANGES or kind_of(value) != "integer":
        return
    low, high = INTEGER_RANGES[name]
    if not low <= value <= high:
        yield spot.violation(
            "format",
            f"expected {name} ({low} to {high}), got an integer outside",
            expected=name,
            got=spot.got(value),
        )


_IS_NUMBER = frozenset({"integer", "fraction"})
_LIMITS: dict[str, tuple[frozenset[str], Callable[[Any], Any], Callable[[Any, Any], bool], str]] = {
    "minimum": (_IS_NUMBER, lambda v: v, lambda v, n: v >= n, "at least {}"),
    "maximum": (_IS_NUMBER, lambda v: v, lambda v, n: v <= n, "at most {}"),
    "exclusiveMinimum": (_IS_NUMBER, lambda v: v, lambda v, n: v > n, "more than {}"),
    "exclusiveMaximum": (_IS_NUMBER, lambda v: v, lambda v, n: v < n, "less than {}"),
    "minLength": (TYPE_KINDS["string"], len, lambda v, n: v >= n, "{} or more characters"),
    "maxLength": (TYPE_KINDS["string"], len, lambda v, n: v <= n, "{} or fewer characters"),
    "minItems": (TYPE_KINDS["array"], len, lambda v, n: v >= n, "{} or more items"),
    "maxItems": (TYPE_KINDS["array"], len, lambda v, n: v <= n, "{} or fewer items"),
}


def _limit(keyword: str) -> Check:
    kinds, measure, fits, wording = _LIMITS[keyword]

    def check(spot: Spot, limit: Any, value: Any, _: dict[str, Any]) -> Iterator[Violation]:
        if kind_of(value) in kinds and not fits(measure(value), limit):
            expected, got = wording.format(f"{limit:g}"), spot.got(value)
            message = f"expected {expected}, got {got} beyond that"
            yield spot.violation(keyword, message, expected=expected, got=got)

    return check


def _all_of(spot: Spot, parts: Any, value: Any, _: dict[str, Any]) -> Iterator[Violation]:
    for index, part in enumerate(parts):
        yield from explain(spot.into(schema=("allOf", index)), part, value)


def _not(spot: Spot, schema: Any, value: Any, _: dict[str, Any]) -> Iterator[Violation]:
    if accepts(spot, schema, value):
        yield spot.violation("not", "the value is one that is ruled out", got=spot.got(value))


def _any_of(spot: Spot, branches: Any, value: Any, _: dict[str, Any]) -> Iterator[Violation]:
    if not any(accepts(spot, branch, value) for branch in branches):
        yield from _meant(spot, "anyOf", branches, value)


def _one_of(spot: Spot, branches: Any, value: Any, _: dict[str, Any]) -> Iterator[Violation]:
    fitting = [i for i, branch in enumerate(branches) if accepts(spot, branch, value)]
    if not fitting:
        yield from _meant(spot, "oneOf", branches, value)
    elif len(fitting) > 1:
        yield spot.violation(
            "oneOf",
            f"the value fits {len(fitting)} of {len(branches)} alternatives, only one is allowed",
            expected="exactly one alternative",
            got=spot.got(value),
        )


def _meant(spot: Spot, keyword: str, branches: Sequence[Schema], value: Any) -> Iterator[Violation]:
    """Explain a value that fits no branch by the branch that its kind and tag point to."""
    kind = kind_of(value)
    kinds = [kinds_of(spot.protocol, b) for b in branches]
    candidates = [i for i, k in enumerate(kinds) if kind in k]
    if not candidates:
        named = {describe_kind(k): None for found in kinds for k in sorted(found)}
        yield replace(_wrong_type(spot, tuple(named), value), schema_path=_path(spot, keyword))
        return
    if len(candidates) > 1 and isinstance(value, dict):
        chosen = _by_tag(spot, keyword, [branches[i] for i in candidates], value)
        if isinstance(chosen, Violation):
            yield chosen
            return
        candidates = candidates if chosen is None else [candidates[chosen]]
    if len(candidates) > 1 and (values := _listed(spot, [branches[i] for i in candidates])):
        yield replace(_not_listed(spot, values, value), schema_path=_path(spot, keyword))
        return
    yield from min(
        (list(explain(spot.into(schema=(keyword, i)), branches[i], value)) for i in candidates),
        key=len,
    )


def _path(spot: Spot, keyword: str) -> str:
    return f"{spot.owner}#{join_pointer((*spot.path, keyword))}"


def _by_tag(
    spot: Spot, keyword: str, branches: Sequence[Schema], value: dict[str, Any]
) -> int | Violation | None:
    """Return the index of the branch that the tag selects, what is wrong with the tag, or None."""
    union = union_of(spot.protocol, {"anyOf": list(branches)})
    if union is None or union.tag is None:
        return None
    tags = [v.tag for v in union.variants]
    if union.tag == "":
        keys = [tag for tag in tags if tag is not None]
        return next((tags.index(key) for key in keys if key in value), _no_key(spot, keyword, keys))
    if union.tag not in value:
        return replace(_missing(spot, union.tag), schema_path=_path(spot, keyword))
    for index, tag in enumerate(tags):
        if json_equal(value[union.tag], tag):
            return index
    below = spot.into(union.tag)
    if not isinstance(value[union.tag], str):
        broken = _wrong_type(below, ("string",), value[union.tag])
    else:
        broken = _not_listed(below, tags, value[union.tag])
    return replace(broken, schema_path=_path(spot, keyword))


def _no_key(spot: Spot, keyword: str, keys: Sequence[str]) -> Violation:
    expected = f"one of the properties {', '.join(map(repr, keys))}"
    return spot.violation(keyword, f"expected {expected}", expected=expected, got="none of them")


def _listed(spot: Spot, branches: Sequence[Schema]) -> list[Any] | None:
    """Return the values of branches that are all enums, else None."""
    values: list[Any] = []
    for branch in branches:
        node = spot.protocol.resolve(branch)
        if not isinstance(node, dict) or "enum" not in node:
            return None
        values += node["enum"]
    return values


_CHECKS: dict[str, Check] = {
    "enum": _enum,
    "const": _const,
    "required": _required,
    "properties": _properties,
    "additionalProperties": _additional,
    "items": _items,
    "format": _format,
    **{keyword: _limit(keyword) for keyword in _LIMITS},
    "allOf": _all_of,
    "anyOf": _any_of,
    "oneOf": _one_of,
    "not": _not,
}
