"""Random JSON values: of all kinds, and such as a schema may well accept."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any
from urllib.parse import unquote

from codexwire.location import split_pointer

__all__ = ["KEYS", "NUMBERS", "STRINGS", "nearly", "resolved", "toward", "value"]

# Mostly plain, so that values meet schemas; now and then such that neither Python nor msgspec would
# have them as names, or the one takes two of them for the same.
KEYS = (
    *["a", "b", "c", "type"] * 8,
    *("class", "Raw", "_x", "self", 'a"b', "é", "\n", "\0", "", "a-b", "a_b", "ﬁ", "fi"),
    *("𝒜", "1a", "method", "id", "a/b~c", "\\", "__class__", "\u2028", "default"),
)
STRINGS = (
    *["", "x", "y", "xyz", "text", "é\U0001f600"] * 4,
    *("inf", '"\\', "\0", "1", "true", "X", "x\n", "\u2028", "\ufeff"),
)
HALF = "\ud83d"
"""Half a surrogate pair, which messages may have and schemas may not."""
NUMBERS: tuple[float, ...] = (
    *(0, 1, -1, 2, 3, 1.0, 1.5, -0.5, 0.0, -0.0, 0.1, 0.3, 2.0, 7, 255, 256) * 2,
    *(2**31, 2**32, 2**53, 2**53 + 1, 2.0**53, 2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 2**64 - 1),
    *(2**64, 2**70, -(2**70), 1e20, 1e300, 5e-324, 10**25, 1e25),
)
_GUESSES = {
    "object": (
        "properties",
        "required",
        "additionalProperties",
        "patternProperties",
        "dependencies",
    ),
    "array": ("items", "contains", "minItems", "maxItems", "uniqueItems"),
    "string": ("minLength", "maxLength", "pattern"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
}
_MATCHING = ("x", "a", "y", "xy", "ab", "é", "xxx", "", "b1")


def scalar(rng: Random) -> Any:
    """Return null, a boolean, a number or a string."""
    kinds: tuple[tuple[Any, ...], ...] = ((None,), (True, False), NUMBERS, STRINGS, STRINGS)
    return rng.choice(rng.choice(kinds))


def value(rng: Random, depth: int = 2) -> Any:
    """Return any JSON value, containers nested up to a depth."""
    if depth == 0 or rng.random() < 0.6:
        return scalar(rng)
    count = rng.randrange(4)
    if rng.random() < 0.4:
        return [value(rng, depth - 1) for _ in range(count)]
    return {rng.choice(KEYS): value(rng, depth - 1) for _ in range(count)}


def nearly(rng: Random, listed: Any) -> Any:
    """Return a value that some comparison may take for another one, inside containers, too."""
    if isinstance(listed, list) and listed:
        at = rng.randrange(len(listed))
        return [*listed[:at], nearly(rng, listed[at]), *listed[at + 1 :]]
    if isinstance(listed, dict) and listed:
        key = rng.choice([*listed])
        return {**listed, key: nearly(rng, listed[key])}
    if isinstance(listed, str):
        return rng.choice((f"{listed}\0", f"{listed} ", listed.swapcase(), [listed], listed[:-1]))
    if isinstance(listed, (int, float)):
        whole = int(listed)
        return rng.choice((bool(whole), whole, float(whole), -listed, whole + 1, str(whole)))
    return rng.choice((None, False, 0, "", [], {}))


def resolved(reference: str, definitions: Mapping[str, Any]) -> Any:
    """Return the node that a `$ref` leads to."""
    node: Any = {"definitions": definitions}
    for step in split_pointer(unquote(reference.removeprefix("#"))):
        node = node[int(step)] if isinstance(node, list) else node[step]
    return node


def toward(rng: Random, schema: Any, definitions: Mapping[str, Any], depth: int = 5) -> Any:
    """Return a value that a schema may well accept; nothing checks whether it does."""
    if not isinstance(schema, dict) or depth < 0 or rng.random() < 0.04:
        return value(rng) if rng.random() < 0.98 else {HALF: HALF}
    if "$ref" in schema:
        return toward(rng, resolved(schema["$ref"], definitions), definitions, depth - 1)
    listed = [*schema.get("enum", ()), *([schema["const"]] if "const" in schema else ())]
    if listed:
        return rng.choice(listed) if rng.random() < 0.7 else nearly(rng, rng.choice(listed))
    parts = [*schema.get("allOf", ())]
    parts += [rng.choice(schema[word]) for word in ("anyOf", "oneOf") if schema.get(word)]
    parts += [
        schema[word] for word in ("if", "then", "else") if word in schema and rng.random() < 0.5
    ]
    made = [toward(rng, part, definitions, depth - 1) for part in parts]
    own = _kind(rng, schema)
    if own is not None or not made:
        made.append(_of_kind(rng, own, schema, definitions, depth))
    objects = [part for part in made if isinstance(part, dict)]
    return {k: v for part in objects for k, v in part.items()} if objects else rng.choice(made)


def _kind(rng: Random, schema: Mapping[str, Any]) -> str | None:
    stated = schema.get("type")
    if stated is not None:
        return str(rng.choice(stated) if isinstance(stated, list) else stated)
    fitting = [kind for kind, words in _GUESSES.items() if any(word in schema for word in words)]
    return rng.choice(fitting) if fitting else None


def _of_kind(
    rng: Random,
    kind: str | None,
    schema: Mapping[str, Any],
    definitions: Mapping[str, Any],
    depth: int,
) -> Any:
    if kind == "object":
        return _object(rng, schema, definitions, depth)
    if kind == "array":
        return _array(rng, schema, definitions, depth)
    if kind in ("integer", "number"):
        return _number(rng, kind, schema)
    if kind == "string":
        length = min(9, schema.get("minLength", 0))
        return (rng.choice(_MATCHING if "pattern" in schema else STRINGS) * int(length or 1))[:9]
    if kind == "boolean":
        return rng.random() < 0.5
    return None if kind == "null" else value(rng)


def _number(rng: Random, kind: str, schema: Mapping[str, Any]) -> float:
    limits = [schema[word] for word in _GUESSES["number"] if word in schema]
    if limits and rng.random() < 0.7:
        limit = rng.choice(limits)
        return limit + rng.choice((0, 0, 1, -1, 0.5)) if abs(limit) < 2**60 else limit
    number = rng.choice(NUMBERS)
    return int(number) if kind == "integer" and rng.random() < 0.8 else number


def _object(
    rng: Random, schema: Mapping[str, Any], definitions: Mapping[str, Any], depth: int
) -> dict[str, Any]:
    named, rest = schema.get("properties", {}), schema.get("additionalProperties")
    keys = [key for key in named if key in schema.get("required", ()) or rng.random() < 0.5]
    keys += [key for key in schema.get("required", ()) if key not in named]
    if rest is not False or rng.random() < 0.1:
        keys += [rng.choice(KEYS) for _ in range(rng.choice((0, 0, 1, 2)))]
    if keys and rng.random() < 0.1:
        keys.pop()
    found = {}
    for key in keys:
        below = named.get(key, rest if isinstance(rest, dict) else True)
        found[key] = toward(rng, below, definitions, depth - 1)
    return found


def _array(
    rng: Random, schema: Mapping[str, Any], definitions: Mapping[str, Any], depth: int
) -> list[Any]:
    items = schema.get("items", True)
    each = items if isinstance(items, list) else [items] * rng.choice((0, 1, 1, 2, 3))
    made = [toward(rng, item, definitions, depth - 1) for item in each]
    if isinstance(items, list) and rng.random() < 0.5:
        made.append(toward(rng, schema.get("additionalItems", True), definitions, depth - 1))
    if "contains" in schema and rng.random() < 0.7:
        made.append(toward(rng, schema["contains"], definitions, depth - 1))
    return made
