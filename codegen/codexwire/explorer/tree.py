"""Types as small JSON values, from which the script of the explorer draws a tree.

`{"k": kind, …}`: `ref` (`n`: full name), `enum` (`v`: values, `t`: texts by value, `e`, `x`: those that are
experimental, deprecated), `list` and `map` (`of`), `tuple` (`of`: list, `rest`), `object` (`p`: rows
`[name, node, required]`, `rest`), `union` and `all` (`of`: list), `any`, `never`, `opaque`, or a JSON type.
Beside them the facts of a place: `d` description, `e` experimental, `x` deprecated, `u` unit, `default`,
`title`, and `limits`.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from codexwire.model.types import (
    All,
    Anything,
    Enum,
    Facts,
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

__all__ = ["Node", "node"]

Node: TypeAlias = "dict[str, Any]"


def node(found: Type) -> Node:
    """Return a type as a JSON value."""
    limits = dict(found.limits) if isinstance(found, Limited) else {}
    return {**_shape(found), **_facts(found.facts), **({"limits": limits} if limits else {})}


def _shape(found: Type) -> Node:
    if isinstance(found, Ref):
        return {"k": "ref", "n": found.name}
    if isinstance(found, Enum):
        return {"k": "enum", "v": list(found.values)}
    if isinstance(found, Union | All):
        parts = found.branches if isinstance(found, Union) else found.members
        return {"k": "union" if isinstance(found, Union) else "all", "of": [*map(node, parts)]}
    if isinstance(found, List):
        return {"k": "list", "of": node(found.items)}
    if isinstance(found, Tuple):
        return {"k": "tuple", "of": [*map(node, found.items)], "rest": node(found.rest)}
    if isinstance(found, Map) and not found.properties:
        return {"k": "map", "of": node(found.rest or Anything())}
    if isinstance(found, Object):
        return _object(found)
    return {"k": _plain(found)}


def _plain(found: Type) -> str:
    if isinstance(found, Scalar):
        return "any" if found.others else found.kind
    return "never" if isinstance(found, Never) else "opaque" if isinstance(found, Opaque) else "any"


def _object(found: Object) -> Node:
    names = [*found.properties, *(n for n in found.required if n not in found.properties)]
    rows = [
        [name, node(found.properties.get(name, Anything())), int(name in found.required)]
        for name in names
    ]
    shape: Node = {"k": "object", "p": rows}
    if found.rest is not None:
        shape["rest"] = node(found.rest)
    return shape


def _facts(facts: Facts) -> Node:
    told: Node = {
        "title": facts.title,
        "d": facts.description,
        "e": int(facts.is_experimental),
        "x": int(facts.deprecated),
        "u": facts.unit,
        "t": dict(facts.value_texts),
        "ev": list(facts.experimental_values),
        "xv": list(facts.deprecated_values),
    }
    said = {key: value for key, value in told.items() if value}
    return {**said, "default": facts.default} if facts.has_default else said
