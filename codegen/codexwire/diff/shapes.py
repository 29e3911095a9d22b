"""Schema nodes of one protocol to shapes, and to the branches that a union is written as."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from codexwire.diff.shape import (
    ANY,
    NEVER,
    ArrayShape,
    NumberShape,
    ObjectShape,
    Property,
    Shape,
    StringShape,
    both,
    either,
)
from codexwire.direction import Stability
from codexwire.ir.model import Protocol, Schema, full_name
from codexwire.ir.nodes import enum_values, is_null, unwrap
from codexwire.ir.walk import Path

__all__ = ["Branch", "Shapes"]

_RANGES: dict[str, tuple[int, int]] = {
    f"{sign}int{bits}": (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if not sign else (0, 2**bits - 1)
    for sign in ("", "u")
    for bits in (8, 16, 32, 64)
} | {"int": (-(2**63), 2**63 - 1), "uint": (0, 2**64 - 1)}

_OBJECT_WORDS = ("properties", "required", "additionalProperties")
_UNION_WORDS = ("oneOf", "anyOf")


class Branch(NamedTuple):
    """One non-null alternative of a node: the type it refers to (or None), its node, the path to it."""

    ref: str | None
    schema: Schema
    path: Path


class Shapes:
    """The shapes of one protocol's nodes, each computed once."""

    def __init__(self, protocol: Protocol) -> None:
        self.protocol = protocol
        self._shapes: dict[int, tuple[Schema, Shape]] = {}
        self._branches: dict[int, tuple[Schema, tuple[tuple[Branch, ...], bool]]] = {}
        self._building: set[str] = set()

    def of(self, schema: Schema) -> Shape:
        """Return the shape of a node; the paths in it start at the node."""
        if isinstance(schema, bool):
            return ANY if schema else NEVER
        known = self._shapes.get(id(schema))
        if known is None:
            # The node is kept beside its shape so that its id is never reused.
            known = self._shapes[id(schema)] = (schema, self._build(schema, ()))
        return known[1]

    def branches(self, schema: Schema) -> tuple[tuple[Branch, ...], bool]:
        """Return the non-null branches of a node, aliases followed, and whether null is one too."""
        if isinstance(schema, bool):
            return (Branch(None, schema, ()),), False
        known = self._branches.get(id(schema))
        if known is None:
            found = list(self._split(schema, (), ()))
            value = (tuple(b for b in found if b is not None), None in found)
            known = self._branches[id(schema)] = (schema, value)
        return known[1]

    def names(self, schema: Schema) -> frozenset[str]:
        """Return the types that a node as a whole may be a value of, aliases on the way included."""
        found: set[str] = set()
        pending = [node for node, _ in _written_branches(schema, ())]
        while pending:
            node = pending.pop()
            name = full_name(node["$ref"]) if isinstance(node, dict) and "$ref" in node else None
            if name is not None and name not in found:
                found.add(name)
                if self.is_alias(name):
                    inner = self.protocol.types[name].schema
                    pending += [node for node, _ in _written_branches(inner, ())]
        return frozenset(found)

    def strings(self, shape: ObjectShape, name: str) -> tuple[str, ...] | None:
        """Return the closed set of strings that a property of an alternative admits, or None."""
        found = self.of(shape.properties[name].schema)
        closed = found.kinds == {"string"} and found.string is not None
        return found.string.values if closed and found.string is not None else None

    def is_alias(self, name: str) -> bool:
        """Whether a type is only another name for a type, nullable or not."""
        typedef = self.protocol.types.get(name)
        if typedef is None or isinstance(typedef.schema, bool):
            return False
        found = [b for b in _written_branches(typedef.schema, ()) if not is_null(b[0])]
        return len(found) == 1 and isinstance(found[0][0], dict) and "$ref" in found[0][0]

    def _split(self, schema: Schema, path: Path, seen: tuple[str, ...]) -> Iterator[Branch | None]:
        for node, where in _written_branches(schema, path):
            if is_null(node):
                yield None
                continue
            name = full_name(node["$ref"]) if isinstance(node, dict) and "$ref" in node else None
            if name is None and isinstance(node, dict) and _is_list_with_null(node):
                yield None
                rest = [k for k in node["type"] if k != "null"]
                yield Branch(None, {**node, "type": rest[0] if len(rest) == 1 else rest}, where)
            elif name is not None and name not in seen and self.is_alias(name):
                yield from self._split(self.protocol.types[name].schema, where, (*seen, name))
            else:
                yield Branch(name, node, where)

    def _build(self, schema: Schema, path: Path) -> Shape:
        if isinstance(schema, bool):
            return ANY if schema else NEVER
        if "$ref" in schema:
            return self._referred(full_name(schema["$ref"]), path)
        parts = [self._own(schema, path)]
        for index, inner in enumerate(schema.get("allOf", ())):
            parts.append(self._build(inner, (*path, "allOf", index)))
        for word in _UNION_WORDS:
            if word in schema:
                parts.append(
                    either(
                        self._build(branch, (*path, word, index))
                        for index, branch in enumerate(schema[word])
                    )
                )
        shape = parts[0]
        for part in parts[1:]:
            shape = both(shape, part)
        return shape

    def _referred(self, name: str, path: Path) -> Shape:
        """The shape of a type; the places inside it are the place of the reference."""
        typedef = self.protocol.types.get(name)
        if typedef is None:
            return ANY
        if name in self._building:
            return NEVER  # a union that contains itself adds no values
        self._building.add(name)
        inner = self.of(typedef.schema)
        self._building.discard(name)
        if not inner.objects and not inner.arrays:
            return inner
        here = (*path, "$ref")
        return replace(
            inner,
            arrays=tuple(a._replace(path=here) for a in inner.arrays),
            objects=tuple(_moved(o, name, here) for o in inner.objects),
        )

    def _own(self, schema: dict[str, Any], path: Path) -> Shape:
        """The shape that the node's own keywords ask for, without its `allOf` and unions."""
        values = [schema["const"]] if "const" in schema else schema.get("enum")
        if values is not None:
            return _of_values(values)
        kinds = schema.get("type")
        if kinds is None:
            kinds = ["object"] if any(w in schema for w in _OBJECT_WORDS) else []
        if isinstance(kinds, str):
            kinds = [kinds]
        if not kinds:
            return ANY
        return either([self._of_kind(kind, schema, path) for kind in kinds])

    def _of_kind(self, kind: str, schema: dict[str, Any], path: Path) -> Shape:
        if kind == "null":
            return Shape(null=True)
        if kind == "boolean":
            return Shape(boolean=(False, True))
        if kind in ("integer", "number"):
            return Shape(numbers=(_number(kind, schema),))
        if kind == "string":
            return Shape(string=_string(schema))
        if kind == "array":
            items = schema.get("items", True)
            array = ArrayShape(
                items if isinstance(items, (dict, bool)) else True,
                (*path, "items"),
                schema.get("minItems", 0),
                schema.get("maxItems"),
            )
            return Shape(arrays=(array,))
        return Shape(objects=(self._object(schema, path),))

    def _object(self, schema: dict[str, Any], path: Path) -> ObjectShape:
        required = schema.get("required", ())
        properties = {
            name: Property(node, name in required, (*path, "properties", name))
            for name, node in schema.get("properties", {}).items()
        }
        for name in required:
            if name not in properties:
                properties[name] = Property(True, True, path)
        tags = {}
        for name in required:
            value = self._single(properties[name].schema)
            if value is not None:
                tags[name] = value
        only = list(properties)
        key = only[0] if len(only) == 1 and list(required) == only and not tags else None
        return ObjectShape(
            properties,
            schema.get("additionalProperties"),
            path,
            None,
            tags,
            key,
            schema.get("title", ""),
            schema.get("x-stability") == Stability.EXPERIMENTAL,
        )

    def _single(self, schema: Schema) -> str | None:
        """The one string that a node admits, or None."""
        schema = unwrap(schema)
        for _ in self.protocol.types:
            if not isinstance(schema, dict) or "$ref" not in schema:
                break
            target = self.protocol.types.get(full_name(schema["$ref"]))
            schema = True if target is None else unwrap(target.schema)
        values = enum_values(schema)
        return values[0] if values and len(values) == 1 and isinstance(values[0], str) else None


def _written_branches(schema: Schema, path: Path) -> Iterator[tuple[Schema, Path]]:
    """Yield the branches of a node that is nothing but a union; any other node is its own branch."""
    if isinstance(schema, dict):
        if "allOf" in schema and len(schema["allOf"]) == 1 and unwrap(schema) is not schema:
            yield from _written_branches(schema["allOf"][0], (*path, "allOf", 0))
            return
        words = [w for w in _UNION_WORDS if w in schema]
        if len(words) == 1 and not any(w in schema for w in (*_OBJECT_WORDS, "type", "allOf")):
            for index, branch in enumerate(schema[words[0]]):
                yield from _written_branches(branch, (*path, words[0], index))
            return
    yield schema, path


def _is_list_with_null(schema: dict[str, Any]) -> bool:
    kinds = schema.get("type")
    return isinstance(kinds, list) and "null" in kinds and len(kinds) > 1


def _moved(shape: ObjectShape, name: str, path: Path) -> ObjectShape:
    properties = {n: p._replace(path=path) for n, p in shape.properties.items()}
    return replace(shape, ref=name, path=path, properties=properties)


def _of_values(values: list[Any]) -> Shape:
    return Shape(
        null=None in values,
        boolean=tuple(v for v in (False, True) if any(v is w for w in values)),
        numbers=tuple(
            NumberShape(isinstance(v, int), v, v)
            for v in values
            if isinstance(v, (int, float)) and not isinstance(v, bool)
        ),
        string=StringShape(tuple(v for v in values if isinstance(v, str)))
        if any(isinstance(v, str) for v in values)
        else None,
    )


def _number(kind: str, schema: dict[str, Any]) -> NumberShape:
    form = schema.get("format", "")
    low, high = _RANGES.get(form, (None, None)) if kind == "integer" else (None, None)
    return NumberShape(
        kind == "integer",
        _tighter(max, low, schema.get("minimum")),
        _tighter(min, high, schema.get("maximum")),
        form,
    )


def _tighter(pick: Any, a: float | None, b: float | None) -> float | None:
    found = [v for v in (a, b) if v is not None]
    return pick(found) if found else None


def _string(schema: dict[str, Any]) -> StringShape:
    form = tuple(f"{w}={schema[w]}" for w in ("format", "pattern") if w in schema)
    return StringShape(None, (), schema.get("minLength", 0), schema.get("maxLength"), form)
