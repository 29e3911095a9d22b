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
from codexwire.emit.names import (
    class_name,
    class_names,
    field_names,
    member_names,
    second_name,
)
from codexwire.emit.objects import (
    given_names,
    is_map,
    is_object,
    with_alternatives,
    with_beside,
)
from codexwire.ir.model import UNIONS, MethodTable, Protocol, Schema, full_name, ref_to
from codexwire.ir.names import pascal
from codexwire.ir.nodes import (
    Union,
    Variant,
    enum_values,
    is_catch_all,
    split_nullable,
    union_of,
    unwrap,
)
from codexwire.ir.walk import Path
from codexwire.location import join_pointer

__all__ = ["marks_of", "shape"]

_NULL: Schema = {"type": "null"}
_NO_OBJECT: tuple[Schema, ...] = (
    {"type": ["boolean", "integer", "number", "string"]},
    {"type": "array", "items": True},
    _NULL,
)


def shape(protocol: Protocol, payloads: frozenset[str]) -> dict[str, Definition]:
    """Return the definitions of a prepared protocol by name, the method unions included.

    `payloads` are the class names of params and results: those that are no objects become `root`
    definitions.
    """
    shaper = _Shaper(protocol)
    for full, typedef in sorted(protocol.types.items()):
        shaper.owner, shaper.stability = full, typedef.stability
        shaper.define(shaper.names[full], typedef.schema, ())
    for union in UNIONS:
        shaper.messages(union)
    roots = payloads | {u.union for u in UNIONS}
    values = (DefinitionKind.UNION, DefinitionKind.ALIAS)
    found = {
        name: replace(
            d,
            kind=DefinitionKind.ROOT if name in roots and d.kind in values else d.kind,
            tag=_tag_field(d, shaper.found),
        )
        for name, d in sorted(shaper.found.items())
    }
    return with_defaults(found, shaper.defaults)


def _tag_field(union: Definition, definitions: Mapping[str, Definition]) -> str | None:
    """Return the field that tells a union's variants apart, once all of them are known.

    Styles that use one want it in classes, under one name, and its values all strings or all integers.
    """
    if not union.tag:
        return union.tag
    variants = [definitions[name] for name in union.references()]
    tags = [p for v in variants for p in v.properties if p.wire == union.tag]
    names, kinds = {tag.name for tag in tags}, {type(tag.constant) for tag in tags}
    proved = len(tags) == len(variants) and len(names) == 1 and kinds in ({str}, {int})
    return names.pop() if proved else None


def marks_of(schema: Schema, stability: Stability = Stability.STABLE) -> Marks:
    """Return what a node says about itself, and that it is as stable as its owner unless it says so."""
    if not isinstance(schema, dict):
        return Marks(stability=stability)
    own = Stability(schema.get("x-stability", stability))
    text = schema.get("description", "")
    deprecated, unit = bool(schema.get("x-deprecated")), schema.get("x-unit", "")
    return Marks(text if isinstance(text, str) else "", own, deprecated, unit)


class _Shaper:
    """Collects definitions; `owner` is the published type that is being taken apart.

    What a type is made of is as stable as the type, unless it says otherwise. Paths are those of nodes
    below their owner.
    """

    def __init__(self, protocol: Protocol) -> None:
        self.protocol = protocol
        self.names = class_names(protocol)
        self.taken = set(self.names.values())
        self.found: dict[str, Definition] = {}
        self.defaults: dict[tuple[str, str], Any] = {}
        self.owner = ""
        self.stability = Stability.STABLE

    def free(self, wanted: str, path: Path) -> str:
        """Return the name for a definition: `wanted`, unless it is another one's."""
        if not path:  # the type that the name was reserved for
            return wanted
        name = class_name(wanted)
        if name in self.taken:
            name = second_name(name, f"{self.owner}#{join_pointer(path)}")
        self.taken.add(name)
        return name

    def add(self, definition: Definition) -> Schema:
        """Keep a definition and return the reference to it."""
        self.found[definition.name] = definition
        return ref_to(definition.name)

    def define(self, wanted: str, schema: Schema, path: Path) -> Schema:
        """Keep the definition that a schema is, and what is nested in it, and return the reference."""
        name = self.free(wanted, path)
        marks = marks_of(schema, self.stability)
        node, nullable = split_nullable(schema)
        if isinstance(node, dict) and "$ref" not in node and not nullable:
            if _strings(node) is not None:
                return self.enum(name, [node], marks)
            if union := self.union_in(node):
                return self.union(name, node, union, marks, path)
            if is_object(node) and not is_map(node):
                return self.model(name, node, marks, path)
        apart = nullable or (isinstance(node, dict) and isinstance(node.get("type"), list))
        flat = self.flat(schema, f"{wanted}Value" if apart else wanted, (*path, "value"))
        return self.add(Definition(name, DefinitionKind.ALIAS, self.owner, marks, schema=flat))

    def union_in(self, node: Mapping[str, Any]) -> Union | None:
        """Return the union that a node is, unless it rather is an object with alternatives."""
        union = union_of(self.protocol, dict(node)) or _single_key_union(node)
        return union if union and (union.tag or "properties" not in node) else None

    def enum(self, name: str, nodes: Iterable[Schema], marks: Marks) -> Schema:
        """Keep an enum of the values of all `nodes`."""
        described = {v: m for node in nodes for v, m in _described(node)}
        names = member_names(described)
        members = tuple(Member(v, names[v], m) for v, m in described.items())
        return self.add(Definition(name, DefinitionKind.ENUM, self.owner, marks, members=members))

    def model(
        self, name: str, node: Mapping[str, Any], marks: Marks, path: Path, inner: str = ""
    ) -> Schema:
        """Keep a class; what is nested in it is called after `inner` (default: after the class)."""
        properties, required = with_alternatives(self.protocol, node)
        names = field_names(properties, given_names(properties))
        self.defaults |= {
            (name, wire): sub["default"]
            for wire, sub in properties.items()
            if isinstance(sub, dict) and "default" in sub
        }
        fields = tuple(
            self.property(
                (inner or name) + pascal(wire),
                Property(wire, names[wire], sub, wire in required, marks=marks_of(sub)),
                (*path, "properties", wire),
            )
            for wire, sub in properties.items()
        )
        more = node.get("additionalProperties", False)
        return self.add(
            Definition(
                name,
                DefinitionKind.MODEL,
                self.owner,
                marks,
                properties=fields,
                catch_all=more is not False,
                extra=self.flat(more, f"{name}Extra", (*path, "additionalProperties")),
            )
        )

    def property(self, name: str, prop: Property, path: Path) -> Property:
        """Return a field with its value flattened; `name` is for what is nested in that."""
        values = enum_values(unwrap(prop.schema)) or () if prop.required else ()
        constant = values[0] if len(values) == 1 and isinstance(values[0], str | int) else None
        return replace(prop, schema=self.flat(prop.schema, name, path), constant=constant)

    def union(
        self, name: str, node: Mapping[str, Any], union: Union, marks: Marks, path: Path
    ) -> Schema:
        """Keep a union and its variants."""
        plain = [v.schema for v in union.variants if _strings(v.schema) is not None]
        flat: list[Schema] = []
        if plain:
            value = self.free(f"{name}Value", (*path, "enum"))
            flat.append(self.enum(value, plain, Marks(stability=self.stability)))
        for variant in union.variants:
            if variant.schema not in plain:
                at = (*path, union.keyword, variant.index)
                branch = self.variant(name, union, variant, node, at)
                alternatives = branch.get("anyOf") if isinstance(branch, dict) else None
                flat += alternatives or [branch]
        catch_all = union.tag is not None and any(is_catch_all(v.schema) for v in union.variants)
        if union.nullable:
            flat.append(_NULL)
        return self.add(
            Definition(
                name,
                DefinitionKind.UNION,
                self.owner,
                marks,
                schema={"anyOf": flat},
                tag=union.tag,
                catch_all=catch_all,
            )
        )

    def variant(
        self, name: str, union: Union, variant: Variant, beside: Mapping[str, Any], path: Path
    ) -> Schema:
        """Return the flat schema of one branch: a reference, a scalar, or a class of its own."""
        node = unwrap(variant.schema)
        if "properties" in beside:
            node = unwrap(self.protocol.resolve(node))
        if not isinstance(node, dict) or "$ref" in node or "properties" not in node:
            return self.flat(node, f"{name}Item", path)
        if node.get("type") != "object":
            return self.flat(node, _variant_name(name, variant), path)
        if "properties" in beside:
            node = with_beside(beside, node)
        own = self.free(_variant_name(name, variant), path)
        marks = marks_of(node, self.stability)
        return self.model(own, node, marks, path, inner=name if union.tag == "" else "")

    def flat(self, schema: Schema, name: str, path: Path) -> Schema:
        """Return the flat schema of a node; `name` is for what has to be defined on its own."""
        node, nullable = split_nullable(schema)
        if nullable:
            return _nullable(self.flat(node, name, path))
        if not isinstance(node, dict):
            return True
        if "$ref" in node:
            return self.reference(full_name(node["$ref"]))
        values = enum_values(node)
        if values is not None:
            if len(values) == 1 or _strings(node) is None:
                return {"enum": list(values)}
            return self.define(name, node, path)
        if self.union_in(node):
            return self.define(name, node, path)
        kinds = node.get("type")
        if isinstance(kinds, list):
            return self.any_of([{**node, "type": kind} for kind in kinds], name, (*path, "type"))
        alternatives = node.get("oneOf", node.get("anyOf"))
        if is_object(node) and ("properties" in node or alternatives):
            ref = self.define(name, node, path)
            return ref if kinds else {"anyOf": [ref, *_NO_OBJECT]}
        if alternatives:
            return self.any_of(alternatives, name, path)
        return self.plain(node, name, path)

    def any_of(self, nodes: Iterable[Schema], name: str, path: Path) -> Schema:
        """Return the flat schema of what fits one of several nodes."""
        return {"anyOf": [self.flat(n, name, (*path, i)) for i, n in enumerate(nodes)]}

    def reference(self, full: str) -> Schema:
        """Return the flat reference to a type, beside what else it admits if it names no type."""
        ref = ref_to(self.names[full])
        node = unwrap(self.protocol.types[full].schema)
        if not isinstance(node, dict) or "$ref" in node or self.union_in(node):
            return ref
        return {"anyOf": [ref, *_NO_OBJECT]} if "type" not in node and is_object(node) else ref

    def plain(self, node: Mapping[str, Any], name: str, path: Path) -> Schema:
        """Return the flat schema of a scalar, an array or a map."""
        kind = node.get("type")
        if kind == "array":
            items = self.flat(node.get("items", True), f"{name}Item", (*path, "items"))
            return {"type": "array", "items": items}
        if kind == "object":
            values = node.get("additionalProperties", True)
            at = (*path, "additionalProperties")
            inner = True if values is False else self.flat(values, f"{name}Value", at)
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
        self.taken.add(union.union)
        beside = {"properties": dict(self.protocol.envelope.get(union.union, {}))}
        refs: list[Schema] = []
        for method in methods:
            path = ("oneOf", method.name)
            name = self.free(pascal(method.name) + union.union, path)
            node = with_beside(beside, method.branch)
            self.stability = method.stability
            refs.append(self.model(name, node, marks_of(method.branch, method.stability), path))
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


def _variant_name(union: str, variant: Variant) -> str:
    """Return the class name of a branch: its title, which normalization sees to, or its tag's."""
    node = variant.schema
    title = node.get("title") if isinstance(node, dict) else None
    if title and isinstance(title, str):
        return title
    return f"{union}Item" if variant.tag is None else pascal(str(variant.tag)) + union


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
