"""The types of messages as a table of JSON values, for decoders in other languages than Python.

The rows are the flat definitions that Python's models are printed from, so that a decoder that follows them
reads what Python reads. A type is the name of a row, a scalar, or a list that begins with what it is:

- `"string"`, `"integer"`, `"number"`, `"boolean"`, `"null"`, `"any"`
- `["integer", 1]`, `["string", 1]`: at least so large, or so long
- `["list", T]`, `["map", T]`, `["is", "a", 7]` (one of these values), `["or", T, T]` (of nothing: any value)

A row is a type or one of these:

- `["object", [property, …], T]`: the last is the type of further properties, where there is one. A property
  has its name on the wire and its type; then 1 if it must be there, 2 if it may be absent and not null (else
  it may be both); then the name of Python's field, if that does not follow from the wire's
- `["enum", "a", "b"]`: strings, to which others may come
- `["tagged", "type", T]`: a union, told apart by that property or, if it is empty, by the one key of each
- `["first", T]`: the first that fits of a union, of which one takes anything
- `["root", T]`: a payload that is no object of its own; `["alias", T]`: a type inside itself
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from codexwire.emit.definitions import Definition, DefinitionKind, ModelProperty
from codexwire.emit.flatten import shape
from codexwire.emit.methods import TABLE_NAMES, params_class
from codexwire.emit.modules import assign_modules, looking_ahead
from codexwire.emit.names import class_names
from codexwire.ir.model import UNIONS, Method, Protocol
from codexwire.model.profile import profile_of
from codexwire.model.spelling import field_name
from codexwire.model.types import (
    Anything,
    Enum,
    List,
    Map,
    Ref,
    Scalar,
    Type,
    Union,
)
from codexwire.normalize.plain import prepared
from codexwire.runtime.drift import TITLES
from codexwire.runtime.tolerance.table import RULES

__all__ = ["decoder_table"]

_WIDER = {
    float: ["or", "integer", "number"],
    list: ["list", "any"],
    dict: ["map", "any"],
    type(None): "null",
}


def decoder_table(protocol: Protocol) -> dict[str, dict[str, Any]]:
    """Return the rows of the types (`TYPES`) by name, and those of each table of methods by method.

    A method's row has the types of params and result (None where there are none, or nobody knows), and
    whether params may be null. `TITLES` has the sentence of each rule of a note, `WORDS` what rules of
    tolerance look up, by their ids.
    """
    protocol = prepared(protocol)
    names = class_names(protocol)
    tables = {
        TABLE_NAMES[union.union]: {
            method.name: _method(protocol, method, names)
            for method in protocol.table(union.sender, union.kind)
        }
        for union in UNIONS
    }
    payloads = {name for rows in tables.values() for row in rows.values() for name in row[:2]}
    found = shape(protocol, frozenset(payloads - {None}))
    ahead = {*looking_ahead(assign_modules(found, profile_of(protocol), protocol.namespaces))}
    reached = _reached(found, payloads - {None})
    return {
        **tables,
        "TYPES": {name: _definition(found[name], found, ahead) for name in reached},
        "TITLES": TITLES,
        "WORDS": {rule.id: rule.words for rule in RULES if rule.words},
    }


def _method(protocol: Protocol, method: Method, names: Mapping[str, str]) -> list[Any]:
    params, nullable = params_class(protocol, method, names)
    result = None if method.result is None else names[method.result]
    return [params, result, nullable or not method.params_required]


def _reached(definitions: Mapping[str, Definition], names: Iterable[str]) -> list[str]:
    found, waiting = set[str](), [*names]
    while waiting:
        if (name := waiting.pop()) not in found:
            found.add(name)
            waiting += definitions[name].references()
    return sorted(found)


def _definition(
    d: Definition, definitions: Mapping[str, Definition], ahead: Collection[str]
) -> Any:
    if d.kind is DefinitionKind.ENUM:
        return ["enum", *(member.value for member in d.members)]
    if d.kind is DefinitionKind.MODEL:
        rest = _type(d.extra) if d.catch_all or not isinstance(d.extra, Anything) else None
        return ["object", [*map(_property, d.properties)], *([rest] if rest else [])]
    value = _type(d.type)
    if d.tag is not None:
        variants = (p for name in d.references() for p in definitions[name].properties)
        tag = next((p.wire for p in variants if p.name == d.tag), "")
        value = ["first", value] if d.catch_all else ["tagged", tag, value]
    if d.kind is DefinitionKind.ROOT:
        return ["root", value]
    return ["alias", value] if d.name in ahead else value


def _property(prop: ModelProperty) -> list[Any]:
    stated = prop.default is not None and prop.default.source != "None"
    odd = [prop.name] if prop.name != field_name(prop.wire) else []
    flag = 1 if prop.required else 2 if stated else 0
    inner = _type(prop.type)
    if not flag and inner[0] == "or" and inner[2:] == ["null"] and inner[1] != ["or"]:
        inner = inner[1]  # it may be null anyway
    return [prop.wire, inner, *([flag] if flag or odd else []), *odd]


def _type(found: Type) -> Any:
    if isinstance(found, Ref):
        return found.name
    if isinstance(found, Enum):
        plain = [value for value in found.values if isinstance(value, str | int)]
        wider = [_WIDER[type(v)] for v in found.values if type(v) in _WIDER]
        return (
            ["is", *plain]
            if plain and not wider
            else ["or", *([["is", *plain]] if plain else []), *wider]
        )
    if isinstance(found, Union):
        return ["or", *map(_type, found.branches)]
    if isinstance(found, List):
        return ["list", _type(found.items)]
    if isinstance(found, Map):
        return ["map", _type(found.rest or Anything())]
    if not isinstance(found, Scalar):
        return "any"
    return _scalar(found)


def _scalar(found: Scalar) -> Any:
    if found.kind == "integer" and (least := found.limits.get("minimum")) in (0, 1):
        return ["integer", int(least)]
    if found.kind == "string" and "minLength" in found.limits:
        return ["string", int(found.limits["minLength"])]
    return found.kind
