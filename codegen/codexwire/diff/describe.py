"""Schema nodes and shapes in a few words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from codexwire.diff.shape import NumberShape, ObjectShape, Shape, StringShape
from codexwire.ir.canonical import canonical_json
from codexwire.ir.model import Method, Schema, full_name

__all__ = ["describe", "describe_number", "describe_object", "describe_shape", "describe_string"]

_MANY = 6


def describe(schema: Schema | None) -> str:
    """Return a schema node in a few words: `string | null`, `array of v2/Turn`, `object {id, name?}`.

    The order in which alternatives are written makes no difference.
    """
    if schema is None:
        return "absent"
    if isinstance(schema, bool):
        return "any" if schema else "nothing"
    if "$ref" in schema:
        return full_name(schema["$ref"])
    if "const" in schema or "enum" in schema:
        values = schema.get("enum", [schema.get("const")])
        return _listed([_value(v) for v in values], " | ")
    for word in ("allOf", "oneOf", "anyOf"):
        if word in schema:
            inner = _listed([describe(b) for b in schema[word]], " | ")
            return f"{_object(schema)} with {inner}" if "properties" in schema else inner
    kinds = schema.get("type", "object" if "properties" in schema else "any")
    return _listed(
        (_kind(k, schema) for k in ([kinds] if isinstance(kinds, str) else kinds)), " | "
    )


def _kind(kind: str, schema: dict[str, Any]) -> str:
    if kind == "array":
        return f"array of {describe(schema.get('items', True))}"
    if kind == "object":
        return _object(schema)
    if kind in ("integer", "number"):
        return str(schema.get("format", kind))
    return kind


def _object(schema: dict[str, Any]) -> str:
    more = schema.get("additionalProperties")
    properties = schema.get("properties", {})
    if not properties and more is False:
        return "{}"
    if not properties:
        return f"map of {describe(more)}" if more is not None else "object"
    required = schema.get("required", ())
    return (
        f"object {{{_listed([n if n in required else f'{n}?' for n in sorted(properties)], ', ')}}}"
    )


def _listed(parts: Iterable[str], sep: str) -> str:
    parts = sorted(dict.fromkeys(parts), key=lambda part: (part == "null", part))
    if len(parts) > _MANY:
        parts = [*parts[:_MANY], f"… {len(parts) - _MANY} more"]
    return sep.join(parts)


def _value(value: Any) -> str:
    return value if isinstance(value, str) else canonical_json(value)


def describe_object(shape: ObjectShape) -> str:
    """Return one alternative in a few words."""
    if shape.ref is not None:
        return shape.ref
    if shape.is_open:
        return "any object"
    if not shape.properties and isinstance(shape.additional, dict):
        return f"map of {describe(shape.additional)}"
    names = [
        f"{n}: {shape.tags[n]}" if n in shape.tags else n if p.required else f"{n}?"
        for n, p in sorted(shape.properties.items())
    ]
    return f"object {{{_listed(names, ', ')}}}"


def describe_string(shape: StringShape) -> str:
    """Return a set of strings in a few words."""
    if shape.values is not None:
        return _listed(list(shape.values), " | ")
    limits = [f"at least {shape.min_length} long"] if shape.min_length else []
    limits += [f"at most {shape.max_length} long"] if shape.max_length is not None else []
    return ", ".join(["string", *limits, *shape.form])


def describe_number(shape: NumberShape) -> str:
    """Return a range of numbers in a few words."""
    name = shape.format or ("integer" if shape.integer else "number")
    low = f">= {shape.low:g}" if shape.low is not None and not shape.format else ""
    high = f"<= {shape.high:g}" if shape.high is not None and not shape.format else ""
    return " ".join(part for part in (name, low, high) if part)


def describe_shape(shape: Shape) -> str:
    """Return a shape in a few words."""
    if shape.any:
        return "any"
    parts = [describe_object(o) for o in shape.objects]
    parts += [f"array of {describe(a.items)}" for a in shape.arrays]
    parts += [describe_string(shape.string)] if shape.string is not None else []
    parts += [describe_number(n) for n in shape.numbers]
    parts += ["boolean"] if shape.boolean else []
    parts += ["null"] if shape.null else []
    return _listed(parts, " | ") or "nothing"


def describe_method(method: Method) -> str:
    """Return a method's params and result in a few words: `(v2/TurnStartParams) → v2/TurnStartResponse`."""
    result = f" → {method.result}" if method.result else ""
    return f"({describe(method.params) if method.params is not None else ''}){result}"
