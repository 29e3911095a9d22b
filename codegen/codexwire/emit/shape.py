"""A protocol becomes flat definitions: every nested object, union and enum gets a name of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from codexwire.direction import Kind, Stability
from codexwire.emit.defaults import with_defaults
from codexwire.emit.definitions import (
    Definition,
    DefinitionKind,
    Marks,
    Member,
    Property,
)
from codexwire.emit.names import class_names, field_names, member_names, snake
from codexwire.errors import EmitError
from codexwire.ir.model import UNIONS, MethodTable, Protocol, Schema, full_name, ref_to
from codexwire.ir.nodes import (
    Union,
    Variant,
    enum_values,
    is_catch_all,
    is_null,
    split_nullable,
    union_of,
    unwrap,
)
from codexwire.normalize.names import is_identifier, pascal

__all__ = ["shape", "with_beside"]

_NULL: Schema = {"type": "null"}


def shape(protocol: Protocol, payloads: frozenset[str]) -> dict[str, Definition]:
    """Return the definitions of a normalized protocol by name, the method unions included.

    `payloads` are the class names of params and results: those that are no objects become `root`
    definitions. Raises EmitError for two things of one name and for schemas that no type expresses.
    """
    shaper = _Shaper(protocol)
    for full, typedef in protocol.types.items():
        shaper.owner, shaper.stability = full, typedef.stability
        shaper.define(shaper.names[full], typedef.schema)
    for union in UNIONS:
        shaper.messages(union)
    roots = payloads | {u.union for u in UNIONS}
    return {
        name: replace(d, kind=DefinitionKind.ROOT)
        if name in roots and d.kind in (DefinitionKind.UNION, DefinitionKind.ALIAS)
        else d
        for name, d in sorted(with_defaults(shaper.found, shaper.defaults).items())
    }


def _marks(schema: Schema, stability: Stability = Stability.STABLE) -> Marks:
    if not isinstance(schema, dict):
        return Marks(stability=stability)
    own = Stability(schema.get("x-stability", stability))
    text = schema.get("description", "")
    deprecated, unit = bool(schema.get("x-deprecated")), schema.get("x-unit", "")
    return Marks(text if isinstance(text, str) else "", own, deprecated, unit)


class _Shaper:
    """Collects definitions; `owner` is the published type that is being taken apart.

    What a type is made of is as stable as the type, unless it says otherwise.
    """

    def __init__(self, protocol: Protocol) -> None:
        self.protocol = protocol
        self.names = class_names(protocol)
        self.owner_of = {name: full for full, name in self.names.items()}
        self.found: dict[str, Definition] = {}
        self.defaults: dict[tuple[str, str], Any] = {}
        self.owner = ""
        self.stability = Stability.STABLE

    def add(self, definition: Definition) -> Schema:
        """Keep a definition and return the reference to it."""
        name = definition.name
        foreign = self.owner_of.get(name, self.owner) != self.owner
        if name in self.found or foreign:
            raise EmitError(
                f"a part of {self.owner!r} would be called {name!r}, which is another type",
                hint="a normalization rule has to name one of them",
            )
        self.found[name] = definition
        return ref_to(name)

    def define(self, name: str, schema: Schema) -> Schema:
        """Keep the definition that a schema is under `name`, and what is nested in it."""
        marks = _marks(schema, self.stability)
        node, nullable = split_nullable(schema)
        values = _strings(node)
        if not nullable and values is not None:
            return self.enum(name, [node], marks)
        if not nullable and isinstance(node, dict) and "$ref" not in node:
            union = union_of(self.protocol, node) or _single_key_union(node)
            if union is not None and (union.tag or "properties" not in node):
                return self.union(name, node, union, marks)
            if node.get("type") == "object" and not _is_map(node):
                return self.model(name, node, marks)
        flat = self.flat(schema, name)
        return self.add(Definition(name, DefinitionKind.ALIAS, self.owner, marks, schema=flat))

    def enum(self, name: str, nodes: Iterable[Schema], marks: Marks) -> Schema:
        """Keep an enum of the values of all `nodes`."""
        described = {v: m for node in nodes for v, m in _described(node)}
        names = member_names(name, described)
        members = tuple(Member(v, names[v], m) for v, m in described.items())
        return self.add(Definition(name, DefinitionKind.ENUM, self.owner, marks, members=members))

    def model(self, name: str, node: Mapping[str, Any], marks: Marks, inner: str = "") -> Schema:
        """Keep a class; what is nested in it is called after `inner` (default: after the class)."""
        properties, required = _with_alternatives(node)
        names = field_names(name, properties)
        self.defaults |= {
            (name, wire): sub["default"]
            for wire, sub in properties.items()
            if isinstance(sub, dict) and "default" in sub
        }
        fields = tuple(
            self.property(inner or name, wire, names[wire], sub, wire in required)
            for wire, sub in properties.items()
        )
        return self.add(
            Definition(
                name,
                DefinitionKind.MODEL,
                self.owner,
                marks,
                properties=fields,
                catch_all=node.get("additionalProperties", False) is not False,
            )
        )

    def property(
        self, owner: str, wire: str, name: str, schema: Schema, required: bool
    ) -> Property:
        """Return one field, its value flattened."""
        values = _strings(unwrap(schema)) if required else None
        constant = values[0] if values is not None and len(values) == 1 else None
        flat = self.flat(schema, owner + pascal(wire))
        return Property(wire, name, flat, required, constant=constant, marks=_marks(schema))

    def union(self, name: str, node: Mapping[str, Any], union: Union, marks: Marks) -> Schema:
        """Keep a union and its variants."""
        plain = [v.schema for v in union.variants if _strings(v.schema) is not None]
        flat: list[Schema] = []
        if plain:
            flat.append(self.enum(f"{name}Value", plain, Marks(stability=self.stability)))
        for variant in union.variants:
            if variant.schema not in plain:
                branch = self.variant(name, union, variant, node)
                alternatives = branch.get("anyOf") if isinstance(branch, dict) else None
                flat += alternatives or [branch]
        catch_all = union.tag is not None and any(is_catch_all(v.schema) for v in union.variants)
        if union.nullable:
            flat.append(_NULL)
        tag = snake(union.tag) if union.tag else union.tag
        return self.add(
            Definition(
                name,
                DefinitionKind.UNION,
                self.owner,
                marks,
                schema={"anyOf": flat},
                tag=tag,
                catch_all=catch_all,
            )
        )

    def variant(
        self, name: str, union: Union, variant: Variant, beside: Mapping[str, Any]
    ) -> Schema:
        """Return the flat schema of one branch: a reference, a scalar, or a class of its own."""
        node = unwrap(variant.schema)
        if not isinstance(node, dict) or "$ref" in node or "properties" not in node:
            return self.flat(node, f"{name}Item")
        if "properties" in beside:
            node = with_beside(beside, node)
        own = self.variant_name(name, variant)
        marks = _marks(node, self.stability)
        return self.model(own, node, marks, inner=name if union.tag == "" else "")

    def variant_name(self, name: str, variant: Variant) -> str:
        """Return the class name of a branch: its title, which normalization sees to."""
        node = variant.schema
        title = node.get("title") if isinstance(node, dict) else None
        if is_identifier(title):
            return str(title)
        if variant.tag is None:
            raise EmitError(f"a branch of {name!r} has no title", hint="normalize the protocol")
        return pascal(str(variant.tag)) + name

    def flat(self, schema: Schema, name: str) -> Schema:
        """Return the flat schema of a node; `name` is for what has to be defined on its own."""
        node, nullable = split_nullable(schema)
        if nullable:
            return _nullable(self.flat(node, name))
        if not isinstance(node, dict):
            return True
        if "allOf" in node:
            raise EmitError(
                f"a part of {self.owner!r} is an allOf of several schemas, which no type expresses",
                hint="a normalization rule has to merge them",
            )
        if "$ref" in node:
            return ref_to(self.names[full_name(node["$ref"])])
        values = enum_values(node)
        if values is not None:
            if len(values) == 1 or _strings(node) is None:
                return {"enum": list(values)}
            return self.define(name, node)
        kinds = node.get("type")
        if isinstance(kinds, list):
            return {"anyOf": [self.flat({**node, "type": k}, name) for k in kinds]}
        if "oneOf" in node or "anyOf" in node or "properties" in node:
            return self.define(name, node)
        return self.plain(node, name)

    def plain(self, node: Mapping[str, Any], name: str) -> Schema:
        """Return the flat schema of a scalar, an array or a map."""
        kind = node.get("type")
        if kind == "array":
            items = node.get("items", True)
            return {"type": "array", "items": self.flat(items, f"{name}Item")}
        if kind == "object":
            values = node.get("additionalProperties", True)
            inner = True if values is False else self.flat(values, f"{name}Value")
            return {"type": "object", "additionalProperties": inner}
        if kind is None:
            return True
        if kind == "number":  # an integer is a number, and must come back as an integer
            return {"type": ["integer", "number"]}
        return {k: node[k] for k in ("type", "minimum", "minLength") if k in node}

    def messages(self, union: MethodTable) -> None:
        """Keep one class per method of a union, and the union."""
        methods = self.protocol.table(union.sender, union.kind)
        if not methods:
            return
        self.owner = union.union
        beside = {"properties": dict(self.protocol.envelope.get(union.union, {}))}
        refs: list[Schema] = []
        for method in methods:
            name = pascal(method.name) + union.union
            node = with_beside(beside, method.branch)
            self.stability = method.stability
            refs.append(self.model(name, node, _marks(method.branch, method.stability)))
        what = "requests" if union.kind is Kind.REQUEST else "notifications"
        marks = Marks(f"The {what} that the {union.sender} sends.")
        self.add(
            Definition(
                union.union,
                DefinitionKind.UNION,
                self.owner,
                marks,
                schema={"anyOf": refs},
                tag="method",
            )
        )


def _nullable(flat: Schema) -> Schema:
    if not isinstance(flat, dict):
        return True
    kind = flat.get("type")
    if kind is None or kind in ("array", "object"):
        return {"anyOf": [*flat.get("anyOf", [flat]), _NULL]}
    return {**flat, "type": [*(kind if isinstance(kind, list) else [kind]), "null"]}


def _strings(schema: Schema) -> tuple[str, ...] | None:
    """Return the values of a string enum, or None for any other node."""
    values = enum_values(schema)
    return values if values and all(isinstance(v, str) for v in values) else None


def _described(schema: Schema) -> Iterable[tuple[str, Marks]]:
    """Yield the values of a string enum with what is said about each."""
    assert isinstance(schema, dict)
    texts = schema.get("x-enum-descriptions", {})
    experimental = schema.get("x-experimental-values", ())
    deprecated = schema.get("x-deprecated-values", ())
    for value in enum_values(schema) or ():
        stability = Stability.EXPERIMENTAL if value in experimental else Stability.STABLE
        yield value, Marks(texts.get(value, ""), stability, value in deprecated)


def _single_key_union(node: Mapping[str, Any]) -> Union | None:
    """Return the union of one variant, an object with one key, which a later release will extend."""
    branches = node.get("oneOf", ())
    if len(branches) != 1 or not isinstance(branches[0], dict):
        return None
    keys = list(branches[0].get("properties", ()))
    if len(keys) != 1 or branches[0].get("required") != keys:
        return None
    return Union("oneOf", "", (Variant(0, branches[0], keys[0]),))


def _is_map(node: Mapping[str, Any]) -> bool:
    return "properties" not in node and isinstance(node.get("additionalProperties"), dict)


def with_beside(beside: Mapping[str, Any], branch: Mapping[str, Any]) -> dict[str, Any]:
    """Return an object of a union with the properties that stand beside the union."""
    return {
        **branch,
        "type": "object",
        "properties": {**beside.get("properties", {}), **branch.get("properties", {})},
        "required": [*beside.get("required", ()), *branch.get("required", ())],
    }


def _with_alternatives(node: Mapping[str, Any]) -> tuple[dict[str, Schema], set[str]]:
    """Return the properties and required names of an object.

    Where it must also fit one of several objects, their properties are all there and none is
    required unless each of them requires it.
    """
    properties: dict[str, Schema] = dict(node.get("properties", {}))
    required = set(node.get("required", ()))
    for keyword in ("oneOf", "anyOf"):
        branches = [b for b in node.get(keyword, ()) if isinstance(b, dict) and not is_null(b)]
        for branch in branches:
            properties |= {
                key: sub
                for key, sub in branch.get("properties", {}).items()
                if key not in properties
            }
        if branches:
            required |= set.intersection(*(set(b.get("required", ())) for b in branches))
    return properties, required
