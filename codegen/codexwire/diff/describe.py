"""Shapes in a few words; a type has `model.words`."""

from __future__ import annotations

from codexwire.diff.value_set import NumberShape, ObjectShape, Shape, StringShape
from codexwire.ir.model import Method
from codexwire.model.read import read
from codexwire.model.words import listed, words

__all__ = [
    "describe_method",
    "describe_number",
    "describe_object",
    "describe_shape",
    "describe_string",
]


def describe_object(shape: ObjectShape) -> str:
    """Return one alternative in a few words."""
    if shape.ref is not None:
        return shape.ref
    if shape.is_open:
        return "any object"
    if not shape.properties and shape.treatment == "typed":
        return f"map of {words(shape.additional)}"
    names = [
        f"{n}: {shape.tags[n]}" if n in shape.tags else n if p.required else f"{n}?"
        for n, p in sorted(shape.properties.items())
    ]
    return f"object {{{listed(names, ', ')}}}"


def describe_string(shape: StringShape) -> str:
    """Return a set of strings in a few words."""
    if shape.values is not None:
        return listed(list(shape.values), " | ")
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
    parts += [f"array of {words(a.items)}" for a in shape.arrays]
    parts += [describe_string(shape.string)] if shape.string is not None else []
    parts += [describe_number(n) for n in shape.numbers]
    parts += ["boolean"] if shape.boolean else []
    parts += ["null"] if shape.null else []
    return listed(parts, " | ") or "nothing"


def describe_method(method: Method) -> str:
    """Return a method's params and result in a few words: `(v2/TurnStartParams) → v2/TurnStartResponse`."""
    params = "" if method.params is None else words(read(method.params))
    return f"({params}){f' → {method.result}' if method.result else ''}"
