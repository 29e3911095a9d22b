"""Value sets in a few words; a type has `model.words`."""

from __future__ import annotations

from codexwire.diff.value_set import NumberSet, ObjectSet, StringSet, ValueSet
from codexwire.ir.model import Method
from codexwire.model.read import read
from codexwire.model.words import listed, words

__all__ = [
    "describe_method",
    "describe_number",
    "describe_object",
    "describe_set",
    "describe_string",
]


def describe_object(value_set: ObjectSet) -> str:
    """Return one alternative in a few words."""
    if value_set.ref is not None:
        return value_set.ref
    if value_set.is_open:
        return "any object"
    if not value_set.properties and value_set.treatment == "typed":
        return f"map of {words(value_set.additional)}"
    names = [
        f"{n}: {value_set.tags[n]}" if n in value_set.tags else n if p.required else f"{n}?"
        for n, p in sorted(value_set.properties.items())
    ]
    return f"object {{{listed(names, ', ')}}}"


def describe_string(value_set: StringSet) -> str:
    """Return a set of strings in a few words."""
    if value_set.values is not None:
        return listed(list(value_set.values), " | ")
    limits = [f"at least {value_set.min_length} long"] if value_set.min_length else []
    limits += [f"at most {value_set.max_length} long"] if value_set.max_length is not None else []
    return ", ".join(["string", *limits, *value_set.form])


def describe_number(value_set: NumberSet) -> str:
    """Return a range of numbers in a few words."""
    name = value_set.format or ("integer" if value_set.integer else "number")
    low = f">= {value_set.low:g}" if value_set.low is not None and not value_set.format else ""
    high = f"<= {value_set.high:g}" if value_set.high is not None and not value_set.format else ""
    return " ".join(part for part in (name, low, high) if part)


def describe_set(value_set: ValueSet) -> str:
    """Return a value set in a few words."""
    if value_set.any:
        return "any"
    parts = [describe_object(o) for o in value_set.objects]
    parts += [f"array of {words(a.items)}" for a in value_set.arrays]
    parts += [describe_string(value_set.string)] if value_set.string is not None else []
    parts += [describe_number(n) for n in value_set.numbers]
    parts += ["boolean"] if value_set.boolean else []
    parts += ["null"] if value_set.null else []
    return listed(parts, " | ") or "nothing"


def describe_method(method: Method) -> str:
    """Return a method's params and result in a few words: `(v2/TurnStartParams) → v2/TurnStartResponse`."""
    params = "" if method.params is None else words(read(method.params))
    return f"({params}){f' → {method.result}' if method.result else ''}"
