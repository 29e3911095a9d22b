"""Every violation of one value against one schema node, with the meant branch of a failed union.

This is the reference walk: slow, complete, and the one that decides what a violation is called. The
generated predicates decide the same question faster; a property test holds the two equal.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from codexwire.ir.complete import AT_LEAST_ONE
from codexwire.ir.model import Schema, full_name
from codexwire.ir.nodes import union_of
from codexwire.location import join_pointer
from codexwire.model.kinds import describe_kind, json_kind
from codexwire.runtime.accept import holds
from codexwire.runtime.checks import Predicate, json_equal
from codexwire.wire.assertions import (
    ASSERTION_CHECKS,
    check_type,
    found_by,
    missing,
    not_listed,
    wrong_type,
)
from codexwire.wire.explain_kinds import kinds_of
from codexwire.wire.spot import Check, Spot, describe
from codexwire.wire.violation import Violation

__all__ = ["Spot", "accepts", "describe", "explain"]


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
        if holds(spot.compiled(name), value):
            return
        yield from explain(spot.type(name), spot.protocol.types[name].schema, value)
        return
    if "type" in schema:
        broken = list(check_type(spot, schema["type"], value, schema))
        if broken:
            yield from broken
            return
    for keyword, check in _CHECKS.items():
        if keyword in schema:
            yield from check(spot, schema[keyword], value, schema)


def accepts(spot: Spot, schema: Schema, value: Any) -> bool:
    """Whether `value` is valid against `schema`."""
    return next(explain(spot, schema, value), None) is None


def _properties(spot: Spot, properties: Any, value: Any, _: dict[str, Any]) -> Iterator[Violation]:
    if isinstance(value, dict):
        given = properties.keys() & value.keys()
        for key in given if len(given) < 2 else [key for key in properties if key in given]:
            below = spot.into(key, schema=("properties", key))
            yield from explain(below, properties[key], value[key])


def _pattern_properties(
    spot: Spot, patterns: Any, value: Any, _: dict[str, Any]
) -> Iterator[Violation]:
    if isinstance(value, dict):
        for pattern, schema in patterns.items():
            search = found_by(pattern)
            for key in value:
                if search is not None and search(key):
                    below = spot.into(key, schema=("patternProperties", pattern))
                    yield from explain(below, schema, value[key])


def _additional(spot: Spot, schema: Any, value: Any, node: dict[str, Any]) -> Iterator[Violation]:
    if not isinstance(value, dict) or schema is True:
        return
    searches = [found_by(pattern) for pattern in node.get("patternProperties", ())]
    accepted = _accepted_by(spot, schema)
    if None in searches:  # any property may be one that has a schema of its own
        return
    for key in value:
        if key in node.get("properties", {}) or any(s is not None and s(key) for s in searches):
            continue
        if holds(accepted, value[key]):
            continue
        below = spot.into(key, schema=("additionalProperties",))
        if schema is False:
            text = f"the property {key!r} is not allowed"
            found = spot.violation("additionalProperties", text, expected="no such property")
            yield replace(found, pointer=join_pointer(below.at), got=spot.got(value[key]))
        else:
            yield from explain(below, schema, value[key])


def _property_names(spot: Spot, schema: Any, value: Any, _: dict[str, Any]) -> Iterator[Violation]:
    if not isinstance(value, dict):
        return
    for key in value:
        broken = next(explain(spot, schema, key), None)
        if broken is not None:
            yield replace(
                spot.violation("propertyNames", f"no property can be called {key!r} here"),
                pointer=join_pointer((*spot.at, key)),
                expected=broken.expected or "another name",
                got=repr(key),
            )


def _dependencies(spot: Spot, asked: Any, value: Any, _: dict[str, Any]) -> Iterator[Violation]:
    if not isinstance(value, dict):
        return
    for key, wanted in asked.items():
        if key not in value:
            continue
        if isinstance(wanted, list):
            for other in wanted:
                if other not in value:
                    found = missing(spot, other, "dependencies")
                    yield replace(found, message=f"{found.message}, {key!r} needs it")
        else:
            yield from explain(spot.into(schema=("dependencies", key)), wanted, value)


def _items(spot: Spot, schema: Any, value: Any, node: dict[str, Any]) -> Iterator[Violation]:
    if not isinstance(value, list):
        return
    if not isinstance(schema, list):
        accepted = _accepted_by(spot, schema)
        for index, item in enumerate(value):
            if not holds(accepted, item):
                yield from explain(spot.into(index, schema=("items",)), schema, item)
        return
    for index, (each, item) in enumerate(zip(schema, value, strict=False)):
        yield from explain(spot.into(index, schema=("items", index)), each, item)
    rest = node.get("additionalItems", True)
    for index in range(len(schema), len(value)):
        below = spot.into(index, schema=("additionalItems",))
        if rest is False:
            text = f"no more than {len(schema)} items are allowed"
            found = spot.violation("additionalItems", text, expected="no such item")
            yield replace(found, pointer=join_pointer(below.at), got=spot.got(value[index]))
        else:
            yield from explain(below, rest, value[index])


def _contains(spot: Spot, schema: Any, value: Any, _: dict[str, Any]) -> Iterator[Violation]:
    if isinstance(value, list) and not any(accepts(spot, schema, item) for item in value):
        yield spot.violation(
            "contains",
            "no item of the array is one that it must contain",
            expected="an item of a certain kind",
            got=spot.got(value),
        )


def _all_of(spot: Spot, parts: Any, value: Any, _: dict[str, Any]) -> Iterator[Violation]:
    for index, part in enumerate(parts):
        yield from explain(spot.into(schema=("allOf", index)), part, value)


def _not(spot: Spot, schema: Any, value: Any, _: dict[str, Any]) -> Iterator[Violation]:
    if accepts(spot, schema, value):
        yield spot.violation("not", "the value is one that is ruled out", got=spot.got(value))


def _if(spot: Spot, schema: Any, value: Any, node: dict[str, Any]) -> Iterator[Violation]:
    word = "then" if accepts(spot, schema, value) else "else"
    yield from explain(spot.into(schema=(word,)), node.get(word, True), value)


def _any_of(spot: Spot, branches: Any, value: Any, _: dict[str, Any]) -> Iterator[Violation]:
    if not any(accepts(spot, branch, value) for branch in branches):
        yield from _meant(spot, "anyOf", branches, value)


def _one_of(spot: Spot, branches: Any, value: Any, node: dict[str, Any]) -> Iterator[Violation]:
    fitting = [i for i, branch in enumerate(branches) if accepts(spot, branch, value)]
    if not fitting:
        yield from _meant(spot, "oneOf", branches, value)
    elif len(fitting) > 1 and AT_LEAST_ONE not in node:
        yield spot.violation(
            "oneOf",
            f"the value fits {len(fitting)} of {len(branches)} alternatives, only one is allowed",
            expected="exactly one alternative",
            got=spot.got(value),
        )


def _meant(spot: Spot, keyword: str, branches: Sequence[Schema], value: Any) -> Iterator[Violation]:
    """Explain a value that fits no branch by the branch that its kind and tag point to."""
    kind = json_kind(value)
    kinds = [kinds_of(spot.protocol, b) for b in branches]
    candidates = [i for i, k in enumerate(kinds) if kind in k]
    if not candidates:
        named = {describe_kind(k): None for found in kinds for k in sorted(found)}
        yield replace(wrong_type(spot, tuple(named), value), schema_path=_path(spot, keyword))
        return
    if len(candidates) > 1 and isinstance(value, dict):
        chosen = _by_tag(spot, keyword, [branches[i] for i in candidates], value)
        if isinstance(chosen, Violation):
            yield chosen
            return
        candidates = candidates if chosen is None else [candidates[chosen]]
    if len(candidates) > 1 and (values := _listed(spot, [branches[i] for i in candidates])):
        yield replace(not_listed(spot, values, value), schema_path=_path(spot, keyword))
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
        return replace(missing(spot, union.tag), schema_path=_path(spot, keyword))
    for index, tag in enumerate(tags):
        if json_equal(value[union.tag], tag):
            return index
    below = spot.into(union.tag)
    kinds = [json_kind(tag) for tag in tags]
    if json_kind(value[union.tag]) in kinds:
        broken = not_listed(below, tags, value[union.tag])
    else:
        types = tuple(dict.fromkeys(map(describe_kind, kinds)))
        broken = wrong_type(below, types, value[union.tag])
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


_CHECKS: Mapping[str, Check] = {
    **ASSERTION_CHECKS,
    "properties": _properties,
    "patternProperties": _pattern_properties,
    "additionalProperties": _additional,
    "propertyNames": _property_names,
    "dependencies": _dependencies,
    "items": _items,
    "contains": _contains,
    "allOf": _all_of,
    "anyOf": _any_of,
    "oneOf": _one_of,
    "not": _not,
    "if": _if,
}


def _accepted_by(spot: Spot, schema: Schema) -> Predicate:
    """Return what accepts valid values of a node as far as that is known without a walk."""
    if isinstance(schema, dict) and "$ref" in schema:
        return spot.compiled(full_name(schema["$ref"])) or _accepts_nothing
    return _accepts_nothing


def _accepts_nothing(_: Any) -> bool:
    return False
